using ThreadGrains.Ledger;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>What a turn must be whatever the tables hold (<see cref="ILedger.CommitTurn"/>).</summary>
internal static class TurnRules
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Broken(Turn turn)
    {
        long end = turn.FirstSequence + turn.Activities.Count;
        if (turn.IsNew && turn is not { FirstSequence: 1, Fence: { Epoch: 0, TakeOver: true } })
        {
            return "a new group that does not begin with its first epoch and sequence";
        }

        if (turn.Activities.Where((activity, i) => activity.Sequence != turn.FirstSequence + i).Any())
        {
            return "a gap in the sequence";
        }

        if (turn.Keys.Count > 1 && turn.Keys.DistinctBy(key => (key.Kind, key.Id)).Count() != turn.Keys.Count)
        {
            return "a key that stands in it twice";
        }

        if (turn.Deliveries.Any(delivery => delivery.Sequence < 1 || delivery.Sequence >= end))
        {
            return "a delivery of an activity that is not there";
        }

        if (turn.Deliveries.Any(delivery => delivery.Kind == DeliveryKind.Callback))
        {
            return "a callback among the deliveries";
        }

        return Roots(turn) ?? Callbacks(turn, end) ?? (AreStorable(turn) ? null : "a text that no database stores");
    }

    /// <summary>A new thread of ours begins with its root, its only one; nothing else has one.</summary>
    private static string? Roots(Turn turn)
    {
        var ours = turn.Threads.Where(thread => thread.AdoptedTs is null).Select(thread => thread.Id).ToHashSet();
        var begun = new HashSet<Guid>();
        foreach (var delivery in turn.Deliveries)
        {
            if (delivery.Kind == DeliveryKind.Root ? !ours.Contains(delivery.Thread) || !begun.Add(delivery.Thread)
                : ours.Contains(delivery.Thread) && !begun.Contains(delivery.Thread))
            {
                return "a root where none belongs, or a reply before its root";
            }
        }

        return begun.Count == ours.Count ? null : "a thread of ours without a root";
    }

    private static string? Callbacks(Turn turn, long end)
    {
        long last = turn.FirstSequence - 1;
        foreach (var callback in turn.Callbacks)
        {
            if (callback.Sequence <= last || callback.Sequence >= end)
            {
                return "a callback of an activity that is not in it, twice, or out of order";
            }

            last = callback.Sequence;
        }

        return null;
    }

    private static bool AreStorable(Turn turn) =>
        Are(turn.Fence.Owner, turn.Name.Organization, turn.Name.Group, turn.State.Status, turn.State.Assignee, turn.State.Details, turn.Issue)
        && turn.Keys.All(key => Are(key.Kind, key.Id, key.Receipt))
        && turn.Activities.All(one => Are(one.Kind, one.SenderId, one.Type, one.Actor, one.Data, one.Trace))
        && turn.Threads.All(one => Are(one.Workspace, one.Channel, one.Rule, one.OpenPeriod, one.AdoptedTs))
        && turn.Callbacks.All(one => Are(one.Activity, one.Body));

    private static bool Are(params ReadOnlySpan<string?> texts)
    {
        foreach (string? text in texts)
        {
            if (!Texts.IsStorable(text))
            {
                return false;
            }
        }

        return true;
    }
}
