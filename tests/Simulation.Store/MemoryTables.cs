using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store;

/// <summary>Makes the id of a row that the ledger makes itself.</summary>
/// <param name="kind"><c>observation</c>, <c>cleanup</c> or <c>restored</c> (a post to be looked for).</param>
/// <param name="of">The post, or the delivery to be looked for.</param>
/// <param name="ts">The copy; '' where there is none.</param>
/// <param name="now">The ledger's clock.</param>
public delegate Guid RowIdSource(string kind, Guid of, string ts, DateTimeOffset now);

/// <summary>The rows of an in-memory ledger. They outlive the ledger that writes them: another one opened on them goes on from there.</summary>
/// <param name="ids">Makes the ids of rows that no caller names.</param>
public sealed class MemoryTables(RowIdSource ids)
{
    /// <summary>No rows yet; ids by time and a running number.</summary>
    public MemoryTables()
        : this(new RowIds().Next)
    {
    }

    internal RowIdSource Ids => ids;

    internal Dictionary<Guid, GroupEntry> Groups { get; } = [];

    internal Dictionary<GroupName, GroupEntry> GroupsByName { get; } = [];

    internal Dictionary<Guid, ThreadEntry> Threads { get; } = [];

    /// <summary>Threads that are not closed: each place belongs to one.</summary>
    internal Dictionary<(Guid Group, string Workspace, string Channel, string Rule, string OpenPeriod), ThreadEntry> Places { get; } = [];

    /// <summary>Each message is the root of one thread, closed or not, for ever.</summary>
    internal Dictionary<(string Workspace, string Channel, string Ts), ThreadEntry> Roots { get; } = [];

    /// <summary>The newest root of ours in each channel.</summary>
    internal Dictionary<(string Workspace, string Channel), string> NewestRoots { get; } = [];

    internal Dictionary<Guid, ThreadEntry> Edits { get; } = [];

    internal Dictionary<(string Organization, string Kind, string Id), TurnKey> Keys { get; } = [];

    internal Dictionary<Guid, DeliveryEntry> Deliveries { get; } = [];

    internal Dictionary<Guid, PostEntry> Posts { get; } = [];

    internal Dictionary<Guid, ObservationEntry> Observations { get; } = [];

    internal Dictionary<Guid, CleanupEntry> Cleanups { get; } = [];

    internal Dictionary<(string Workspace, string Channel, string Ts), CleanupEntry> CleanupsByPlace { get; } = [];

    internal Dictionary<Guid, CallbackEntry> Callbacks { get; } = [];

    /// <summary>What is finished and old: only reports still look there.</summary>
    internal Dictionary<Guid, DeliveryEntry> HistoryDeliveries { get; } = [];

    internal Dictionary<Guid, CallbackEntry> HistoryCallbacks { get; } = [];

    /// <returns>The group that the fence lets its writer write to; null: not its owner (any more).</returns>
    internal GroupEntry? Admitted(Fence fence)
    {
        Texts.MustBeStorable(fence.Owner);
        return Groups.GetValueOrDefault(fence.Group) is { } group && group.Admits(fence) ? group : null;
    }

    internal static (Guid Group, string Workspace, string Channel, string Rule, string OpenPeriod) PlaceOf(ThreadEntry thread) =>
        (thread.Group.Id, thread.Workspace, thread.Channel, thread.Rule, thread.OpenPeriod);

    internal bool IsPlaceTaken(ThreadEntry thread) => Places.ContainsKey(PlaceOf(thread));

    /// <summary>Whether the message is the root of another thread.</summary>
    internal bool IsRootTaken(ThreadEntry thread, string ts) =>
        Roots.TryGetValue((thread.Workspace, thread.Channel, ts), out var other) && other != thread;

    /// <summary>A new thread, whose place and message are free.</summary>
    internal void Add(ThreadEntry thread)
    {
        Threads.Add(thread.Id, thread);
        Places.Add(PlaceOf(thread), thread);
        thread.Group.Threads.Add(thread);
    }

    /// <summary>The thread's root stands there; the message is free.</summary>
    internal void Root(ThreadEntry thread, string ts)
    {
        if (thread.Ts is { } former)
        {
            Roots.Remove((thread.Workspace, thread.Channel, former));
        }

        thread.Ts = ts;
        Roots.Add((thread.Workspace, thread.Channel, ts), thread);
        var channel = (thread.Workspace, thread.Channel);
        if (!thread.Adopted && (!NewestRoots.TryGetValue(channel, out string? newest) || string.CompareOrdinal(newest, ts) < 0))
        {
            NewestRoots[channel] = ts;
        }
    }

    /// <summary>The thread stands in another channel; place and message are free there.</summary>
    internal void Move(ThreadEntry thread, string channel)
    {
        string former = thread.Channel;
        if (!thread.IsClosed)
        {
            Places.Remove(PlaceOf(thread));
        }

        if (thread.Ts is { } ts)
        {
            Roots.Remove((thread.Workspace, former, ts));
            Roots.Add((thread.Workspace, channel, ts), thread);
        }

        thread.Channel = channel;
        if (!thread.IsClosed)
        {
            Places.Add(PlaceOf(thread), thread);
        }

        foreach (string changed in new[] { former, channel })
        {
            string? newest = Threads.Values
                .Where(one => one is { Adopted: false, Ts: not null } && one.Workspace == thread.Workspace && one.Channel == changed)
                .Select(one => one.Ts).Max(StringComparer.Ordinal);
            NewestRoots.Remove((thread.Workspace, changed));
            if (newest is not null)
            {
                NewestRoots.Add((thread.Workspace, changed), newest);
            }
        }

        foreach (var cleanup in thread.OpenCleanups.Where(cleanup => !CleanupsByPlace.ContainsKey((thread.Workspace, channel, cleanup.Ts))))
        {
            CleanupsByPlace.Remove((thread.Workspace, cleanup.Channel, cleanup.Ts));
            cleanup.Channel = channel;
            CleanupsByPlace.Add((thread.Workspace, channel, cleanup.Ts), cleanup);
        }
    }

    /// <summary>A new delivery at the end of its thread.</summary>
    internal void Add(DeliveryEntry delivery)
    {
        Deliveries.Add(delivery.Id, delivery);
        delivery.Thread.Add(delivery);
    }

    /// <summary>A new post, known to all that it carries.</summary>
    internal void Add(PostEntry post)
    {
        Posts.Add(post.Id, post);
        foreach (var member in post.Members)
        {
            member.Posts.Add(post);
        }
    }
}
