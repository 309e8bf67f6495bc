using ThreadGrains.Grains.Groups;

namespace ThreadGrains.Grains.Tests.Groups;

/// <summary>A write that touched nothing as another owner has taken over is told, and ends the ownership.</summary>
public sealed class Being_fenced_off
{
    [Theory]
    [InlineData("Fenced", 1, true)]
    [InlineData("NothingWritten", 0, false)]
    [InlineData("Held", 0, false)]
    public async Task Is_told_once_for_each_write_and_loses_the_group(string verdict, int told, bool lost)
    {
        int fenced = 0;
        using var ownership = new GroupOwnership("silo", () => { }) { Fenced = () => fenced++ };
        ownership.Loaded(Guid.Parse("019b0000-0000-7000-8000-000000000001"), 1);

        await ownership.Write(_ => Task.FromResult(0), _ => Enum.Parse<FenceVerdict>(verdict), CancellationToken.None);

        Assert.Equal((told, lost), (fenced, ownership.IsLost));
    }
}
