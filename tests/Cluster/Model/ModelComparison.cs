using ThreadGrains.Ledger;

namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>Holds the model against what readers see and what stands in Slack.</summary>
internal sealed class ModelComparison(GroupCluster cluster, string[] channels)
{
    private ILedgerReaderGrain Reader => cluster.Grains.GetGrain<ILedgerReaderGrain>(0);

    public async Task<IReadOnlyList<DeliveryView>> Deliveries(string group) =>
        (await Reader.ListDeliveries(GroupCluster.Organization, new DeliveryFilter(Group: group), null, 500)).Items;

    public static bool HasEnded(DeliveryView delivery) => delivery.State is "sent" or "dead" or "cancelled";

    /// <summary>Waits until nothing of the model's groups is under way. An activation that was ended goes on when it is asked to.</summary>
    public async Task Ended(GroupModel model)
    {
        foreach (string group in model.Groups.Keys)
        {
            int looks = 0;
            IReadOnlyList<DeliveryView> deliveries = [];
            await GroupCluster.Until(
                async () =>
                {
                    if (looks++ % 32 == 0)
                    {
                        await cluster.Group(group).Nudge();
                    }

                    deliveries = await Deliveries(group);
                    return deliveries.All(HasEnded);
                },
                () => $"these end:\n{string.Join('\n', deliveries.Where(one => !HasEnded(one)))}");
        }
    }

    /// <summary>Groups and threads, as they are at every moment.</summary>
    public async Task Views(GroupModel model)
    {
        foreach (var (name, group) in model.Groups)
        {
            var view = await cluster.View(name);
            Assert.Equal((group.Status, group.Assignee, group.Title, group.Level, group.Sequence), (view.Status, view.Assignee, view.Issue.Title, view.Issue.Level, view.Sequence));
            Assert.Equal(group.Threads.Count, view.Threads.Count);
            foreach (var (thread, seen) in Pairs(group, view))
            {
                Assert.Equal(thread.Closed, seen.State == "closed" ? seen.Reason : null);
            }
        }
    }

    /// <summary>The thread of the model and the one that is seen. Those of one alert have no order, those of one key have.</summary>
    public static IEnumerable<(ModelThread Thread, ThreadView Seen)> Pairs(ModelGroup group, GroupView view)
    {
        var left = view.Threads.ToList();
        foreach (var thread in group.Threads)
        {
            var seen = left.Find(one => (one.Channel, one.Rule ?? "", one.OpenPeriod ?? "") == (thread.Channel, thread.Rule, thread.Period));
            Assert.True(seen is not null, $"no thread in {thread.Channel} for {thread.Rule} and {thread.Period}");
            left.Remove(seen);
            yield return (thread, seen);
        }
    }

    public static bool Same(DeliveryView delivery, ThreadView thread, ModelDelivery line) =>
        (delivery.Channel, delivery.ThreadTs, delivery.Sequence, delivery.Kind) == (thread.Channel, thread.Ts, line.Sequence, line.Kind);

    /// <summary>Once nothing is under way: every delivery, every thread in Slack, every announcement.</summary>
    public async Task Ends(GroupModel model)
    {
        var roots = channels.ToDictionary(channel => channel, _ => 0);
        foreach (var (name, group) in model.Groups)
        {
            var view = await cluster.View(name);
            var deliveries = await Deliveries(name);
            Assert.Equal(group.Threads.Sum(thread => thread.Line.Count), deliveries.Count);
            foreach (var (thread, seen) in Pairs(group, view))
            {
                var stand = new List<ModelDelivery>();
                foreach (var line in thread.Line)
                {
                    var delivery = Assert.Single(deliveries, one => Same(one, seen, line));
                    string expected = line.Fate switch
                    {
                        Fate.Dead => "dead",
                        Fate.SentOrCancelled when delivery.State == "cancelled" => "cancelled",
                        _ => "sent",
                    };
                    Assert.Equal((line, expected, line.Late), (line, delivery.State, delivery.Late));
                    Assert.Equal(line.Event, delivery.Activity.StartsWith("slack:", StringComparison.Ordinal) ? line.Event : delivery.Activity);
                    Assert.True(line.Reason is null || line.Reason == delivery.Reason, delivery.ToString());
                    if (expected == "sent" && line.Kind != "root")
                    {
                        stand.Add(line);
                    }
                }

                if (!thread.HasParent)
                {
                    continue;
                }

                roots[thread.Channel] = roots.GetValueOrDefault(thread.Channel) + 1;
                var texts = await cluster.Replies(seen.Ts!, thread.Channel);
                string story = $"expected in {seen.Ts}:\n{string.Join('\n', stand)}\nbut there stand:\n{string.Join('\n', texts)}";
                Assert.True(stand.Count == texts.Count, story);
                Assert.True(stand.Zip(texts).All(pair => pair.Second.Contains(pair.First.Shown, StringComparison.Ordinal)
                    && pair.Second.StartsWith("Late:", StringComparison.Ordinal) == pair.First.Late), story);
                if (thread is { AdoptedTs: null, Closed: null })
                {
                    await Shows(thread.Channel, seen.Ts!, $"{group.Title} ({group.Status}{(group.Assignee is null ? "" : $", assigned to {group.Assignee}")})");
                }
            }
        }

        foreach (string channel in channels)
        {
            var ours = (await cluster.Roots(channel)).Where(root => (string?)root["user"] != ModelSlack.Person);
            Assert.Equal(roots[channel] - Adopted(model, channel), ours.Count());
        }
    }

    private static int Adopted(GroupModel model, string channel) =>
        model.Groups.Values.Sum(group => group.Threads.Count(thread => thread.AdoptedTs is not null && thread.Channel == channel));

    /// <summary>The announcement shows the group's present state before long.</summary>
    private Task Shows(string channel, string ts, string card) => GroupCluster.Until(
        async () => (await cluster.Roots(channel)).Any(root => (string)root["ts"]! == ts && ((string)root["text"]!) == card), $"{ts} shows {card}");
}
