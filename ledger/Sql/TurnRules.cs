namespace ThreadGrains.Ledger.Sql;

/// <summary>What a turn must be whatever the tables hold. A turn that breaks them is a bug of its maker; storing it would leave a thread that never moves.</summary>
internal static class TurnRules
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Violation(Turn turn)
    {
        if (turn.IsNew && (turn.FirstSequence != 1 || !turn.Fence.TakeOver || turn.Fence.Epoch != 0))
        {
            return "A new group begins with sequence 1, epoch 0 and a take-over.";
        }

        for (int i = 0; i < turn.Activities.Count; i++)
        {
            if (turn.Activities[i].Sequence != turn.FirstSequence + i)
            {
                return $"Sequence numbers run on from {turn.FirstSequence} without a gap; the activity at place {i} has {turn.Activities[i].Sequence}.";
            }
        }

        if (turn.Keys.Count > 1)
        {
            var seen = new HashSet<(string, string)>();
            if (turn.Keys.FirstOrDefault(key => !seen.Add((key.Kind, key.Id))) is { } twice)
            {
                // Else the second would be reported as known by a row that this very turn takes back.
                return $"The key {twice.Kind} '{twice.Id}' stands in the turn twice.";
            }
        }

        return Deliveries(turn) ?? Callbacks(turn);
    }

    private static string? Callbacks(Turn turn)
    {
        long last = 0;
        foreach (var callback in turn.Callbacks)
        {
            if (callback.Sequence <= last || !turn.Activities.Any(activity => activity.Sequence == callback.Sequence))
            {
                return $"A callback tells activity {callback.Sequence}, which the turn does not hold, or tells it twice or out of order.";
            }

            last = callback.Sequence;
        }

        return null;
    }

    private static string? Deliveries(Turn turn)
    {
        foreach (var delivery in turn.Deliveries)
        {
            if (delivery.Sequence >= turn.FirstSequence + turn.Activities.Count || delivery.Sequence < 1)
            {
                return $"A delivery tells activity {delivery.Sequence}, which the turn does not hold.";
            }

            if (delivery.Kind == DeliveryKind.Callback)
            {
                return "A callback is no delivery of a thread: it stands among the turn's callbacks.";
            }

            if (delivery.Kind == DeliveryKind.Root && !turn.Threads.Any(thread => thread.Id == delivery.Thread && thread.AdoptedTs is null))
            {
                return "A root is the first delivery of a new thread of ours.";
            }
        }

        foreach (var thread in turn.Threads)
        {
            if (thread.AdoptedTs is null && (turn.Deliveries.FirstOrDefault(delivery => delivery.Thread == thread.Id) is not { Kind: DeliveryKind.Root }
                || turn.Deliveries.Count(delivery => delivery.Thread == thread.Id && delivery.Kind == DeliveryKind.Root) != 1))
            {
                return "The first delivery of a new thread of ours is its root, and the only one.";
            }
        }

        return null;
    }
}
