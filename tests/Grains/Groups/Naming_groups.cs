using CsCheck;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Tests.Groups;

public sealed class Naming_groups
{
    private const string Characters = "ABCXYZabcxyz0189._:@+=~-/ %?#\\ä";

    [Fact]
    public void A_group_that_is_taken_is_reached_by_its_address() => (from length in Gen.Int[0, 4] from text in Gen.String[Gen.Char[Characters], length, length] select text)
        .Sample(
            group =>
            {
                if (RequestRules.CheckGroup(group) is null)
                {
                    Assert.Equal($"/v1/groups/{group}/deliveries", new Uri($"http://threadgrains.example/v1/groups/{group}/deliveries").AbsolutePath);
                }
            },
            iter: 20_000);

    [Theory]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...", true)]
    [InlineData(".g", true)]
    [InlineData("g.", true)]
    [InlineData("~", true)]
    public void A_group_of_dots_is_taken_unless_addresses_lose_it(string group, bool taken) => Assert.Equal(taken, RequestRules.CheckGroup(group) is null);
}
