using ThreadGrains.EndToEnd.Tests.Running;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>Slack fails in every way.</summary>
public sealed class SurvivalOfFaults(ITestOutputHelper output) : Survival(output)
{
    [Fact]
    public async Task With_every_kind_of_fault_together_1000_activities_stand_once_in_order()
    {
        await using var product = await Deployment.Start(Deployment.QuickDoubts, Deployment.NoPacing, Deployment.NoEvents);
        await product.Slack.NoLimits();
        var oracle = new Oracle();
        var channels = await product.Slack.MakeChannels(product.Workspace, 50);
        var groups = Enumerable.Range(0, 50).Select(i => $"fault-{i}").ToList();
        await Each(groups, group => Announce(product, group, channels[groups.IndexOf(group)]));
        int seed = Random.Shared.Next(1, 1_000_000);
        Say($"seed of the faults: {seed}");
        await product.Slack.Faults(
            seed,
            new { method = "chat.postMessage", rate = 0.05, fault = "lost_answer" },
            new { method = "chat.postMessage", rate = 0.05, fault = "lost_request" },
            new { method = "chat.postMessage", rate = 0.05, fault = "http_500" },
            new { method = "chat.postMessage", rate = 0.05, fault = "rate_limited", retryAfter = 1 },
            new { method = "chat.postMessage", rate = 0.02, fault = "late", milliseconds = 800 });

        await Each(groups, async group =>
        {
            for (int i = 0; i < 20; i++)
            {
                await Tell(product, oracle, group, $"{group}-n{i}");
            }
        });

        Assert.Equal(1000, oracle.Count);
        await Settled(product, oracle, groups, channels);
    }
}
