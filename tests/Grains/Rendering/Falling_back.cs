using ThreadGrains.Grains.Rendering;

namespace ThreadGrains.Grains.Tests.Rendering;

/// <summary>What is shown where a message cannot be rendered.</summary>
public class Falling_back
{
    [Theory]
    [InlineData(0, Fullness.Whole)]
    [InlineData(1, Fullness.Short)]
    [InlineData(2, Fullness.Bare)]
    [InlineData(3, null)]
    public void A_message_that_cannot_be_rendered_becomes_a_plainer_one(int failures, object? expected)
    {
        var told = new List<Fullness>();
        string? shown = RenderingFallback.Render(
            Fullness.Whole, fullness => (int)fullness < failures ? throw new ArgumentException("a limit") : fullness.ToString(), (fullness, _) => told.Add(fullness));
        Assert.Equal(expected?.ToString(), shown);
        Assert.Equal(failures, told.Count);
    }
}
