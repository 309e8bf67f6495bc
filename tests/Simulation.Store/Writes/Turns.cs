using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.CommitTurn"/>.</summary>
internal sealed class Turns(MemoryTables tables)
{
    public TurnOutcome Commit(Turn turn, DateTimeOffset now)
    {
        if (TurnRules.Broken(turn) is { } broken)
        {
            return new TurnOutcome.Refused($"The turn holds {broken}.");
        }

        var known = turn.Keys.Select(key => Find(turn.Name.Organization, key, now)).OfType<KnownKey>().ToList();
        if (known.Count > 0)
        {
            return new TurnOutcome.Known(known);
        }

        var group = tables.Groups.GetValueOrDefault(turn.Fence.Group);
        bool holds = turn.IsNew
            ? group is null && !tables.GroupsByName.ContainsKey(turn.Name)
            : group is not null && group.Admits(turn.Fence) && group.NextSequence == turn.FirstSequence;
        if (!holds)
        {
            return new TurnOutcome.Fenced();
        }

        group ??= new GroupEntry(turn.Fence.Group, turn.Name, turn.Bucket);
        if (InTheWay(turn, group) is { } inTheWay)
        {
            return inTheWay;
        }

        Write(turn, group, now);
        return new TurnOutcome.Taken(now);
    }

    private KnownKey? Find(string organization, TurnKey key, DateTimeOffset now) =>
        tables.Keys.GetValueOrDefault((organization, key.Kind, key.Id)) is { } first && first.ExpiresAt > now
            ? new KnownKey(key.Kind, key.Id, first.Hash, first.Receipt)
            : null;

    /// <returns>What the turn meets that does not let it be written, in the order in which it would be; null: nothing.</returns>
    private TurnOutcome? InTheWay(Turn turn, GroupEntry group)
    {
        var fresh = new HashSet<Guid>();
        var places = new HashSet<(string, string, string, string)>();
        var roots = new HashSet<(string, string, string)>();
        foreach (var thread in turn.Threads)
        {
            if (tables.Threads.ContainsKey(thread.Id) || !fresh.Add(thread.Id)
                || tables.Places.ContainsKey((group.Id, thread.Workspace, thread.Channel, thread.Rule, thread.OpenPeriod))
                || !places.Add((thread.Workspace, thread.Channel, thread.Rule, thread.OpenPeriod))
                || (thread.AdoptedTs is { } ts
                    && (tables.Roots.ContainsKey((thread.Workspace, thread.Channel, ts)) || tables.CleanupsByPlace.ContainsKey((thread.Workspace, thread.Channel, ts))
                        || !roots.Add((thread.Workspace, thread.Channel, ts)))))
            {
                return new TurnOutcome.Clash();
            }
        }

        var deliveries = new HashSet<Guid>();
        foreach (var delivery in turn.Deliveries)
        {
            if (!IsOpen(delivery.Thread))
            {
                return new TurnOutcome.Stale();
            }

            if (tables.Deliveries.ContainsKey(delivery.Id) || !deliveries.Add(delivery.Id))
            {
                return new TurnOutcome.Refused($"The delivery {delivery.Id} is there already.");
            }

            if (delivery.Sequence < turn.FirstSequence && !group.Activities.ContainsKey(delivery.Sequence))
            {
                return new TurnOutcome.Refused($"The group does not have activity {delivery.Sequence} (any more).");
            }
        }

        if (!turn.WantedRevisions.All(IsOpen))
        {
            return new TurnOutcome.Stale();
        }

        var callbacks = new HashSet<Guid>();
        return turn.Callbacks.Any(callback => tables.Callbacks.ContainsKey(callback.Id) || !callbacks.Add(callback.Id))
            ? new TurnOutcome.Refused("A callback is there already.")
            : null;

        bool IsOpen(Guid id) =>
            fresh.Contains(id) || (tables.Threads.TryGetValue(id, out var thread) && thread.Group == group && !thread.IsClosed);
    }

    private void Write(Turn turn, GroupEntry group, DateTimeOffset now)
    {
        foreach (var key in turn.Keys)
        {
            tables.Keys[(turn.Name.Organization, key.Kind, key.Id)] = key with { ExpiresAt = key.ExpiresAt.Whole() };
        }

        if (turn.IsNew)
        {
            tables.Groups.Add(group.Id, group);
            tables.GroupsByName.Add(group.Name, group);
        }

        group.Take(turn.Fence);
        group.NextSequence += turn.Activities.Count;
        group.State = turn.State;
        group.Issue = turn.Issue ?? group.Issue;
        foreach (var activity in turn.Activities)
        {
            var row = activity with { AcceptedAt = now, OccurredAt = activity.OccurredAt.Whole() };
            group.Activities.Add(row.Sequence, new ActivityEntry(group, row));
        }

        var touched = new HashSet<ThreadEntry>();
        foreach (var thread in turn.Threads)
        {
            touched.Add(Register(thread, group, now));
        }

        foreach (var delivery in turn.Deliveries)
        {
            var thread = tables.Threads[delivery.Thread];
            tables.Add(new DeliveryEntry(delivery.Id, thread, group.Activities[delivery.Sequence], delivery.Kind, now) { Broadcast = delivery.Broadcast });
            touched.Add(thread);
        }

        foreach (var id in turn.WantedRevisions)
        {
            var thread = tables.Threads[id];
            thread.RevisionWanted++;
            // One that was postponed, or is in flight, keeps its moment: its bytes may be under way.
            thread.EditDueAt = thread.IsEditable ? thread.EditDueAt ?? now : null;
            touched.Add(thread);
        }

        foreach (var made in turn.Callbacks)
        {
            var callback = new CallbackEntry(group, made, now);
            tables.Callbacks.Add(made.Id, callback);
            group.Waiting.Add(made.Sequence, callback);
        }

        foreach (var thread in touched)
        {
            thread.RenewWake();
        }

        group.RenewWake();
    }

    private ThreadEntry Register(NewThread registered, GroupEntry group, DateTimeOffset now)
    {
        bool adopted = registered.AdoptedTs is not null;
        var thread = new ThreadEntry(registered.Id, group, registered.Workspace, registered.Channel, registered.Rule, registered.OpenPeriod)
        {
            State = adopted ? ThreadState.Open : ThreadState.Posting,
            RegisteredSequence = registered.RegisteredSequence,
            Adopted = adopted,
            LookedUp = !adopted,
            LookUpDueAt = adopted ? now : null,
        };
        tables.Add(thread);
        if (registered.AdoptedTs is { } ts)
        {
            tables.Root(thread, ts);
        }

        return thread;
    }
}
