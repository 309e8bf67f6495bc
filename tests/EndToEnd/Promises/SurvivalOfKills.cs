using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>The process is killed, again and again.</summary>
public sealed class SurvivalOfKills(ITestOutputHelper output) : Survival(output)
{
    [Fact]
    public async Task Killed_ten_times_in_the_middle_of_500_activities_over_50_groups_everything_accepted_stands_once_in_order()
    {
        await using var slack = await Deployment.StartSlack(Deployment.NoEvents);
        await slack.Slack.NoLimits();
        // A pause at each post, so that a kill finds posts under way; Slack needs about as long.
        await slack.Slack.Faults(1, new { method = "chat.postMessage", rate = 0.5, fault = "slow", milliseconds = 150 });
        await using var product = await Deployment.StartBeside(slack, Deployment.NewFolder(), Deployment.QuickDoubts, Deployment.NoPacing);
        var oracle = new Oracle();
        var channels = await product.Slack.MakeChannels(product.Workspace, 50);
        var groups = Enumerable.Range(0, 50).Select(i => $"kill-{i}").ToList();
        await Each(groups, group => Announce(product, group, channels[groups.IndexOf(group)]));

        for (int round = 0; round < 10; round++)
        {
            int from = round;
            var sending = Each(groups, group => Tell(product, oracle, group, $"{group}-n{from}"));
            // The kill comes while this round's notes are accepted and posted.
            await Eventually.Get(() => Task.FromResult(oracle.Count), count => count >= (from * 50) + 25, Patience, "half of the round is accepted");
            await product.Kill();
            await product.StartAgain();
            await sending;
        }

        Assert.Equal(500, oracle.Count);
        await Settled(product, oracle, groups, channels);
    }
}
