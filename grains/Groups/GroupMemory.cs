using System.Collections.Immutable;
using System.Text.Json;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Groups;

/// <summary>What the owner remembers of its group: a cache of the ledger, replaced after each commit, never ahead of it.</summary>
/// <param name="Id">The group's row id; fresh for a group that has no row yet.</param>
/// <param name="Exists">Whether the group was ever announced.</param>
/// <param name="NextSequence">The next sequence number.</param>
/// <param name="Status">unresolved, resolved or archived.</param>
/// <param name="Assignee">Who has it, as shown.</param>
/// <param name="Details">The rest of its state.</param>
/// <param name="Issue">What its alerts said.</param>
/// <param name="Threads">Its threads that are not closed, in order of registration.</param>
internal sealed record GroupMemory(
    Guid Id, bool Exists, long NextSequence, string Status, string? Assignee, GroupDetails Details, IssueFacts Issue,
    ImmutableArray<RememberedThread> Threads)
{
    public static GroupMemory Unknown(Guid freshId) =>
        new(freshId, Exists: false, NextSequence: 1, GroupStatus.Unresolved, null, new GroupDetails(), new IssueFacts(), []);

    public static GroupMemory From(GroupSnapshot snapshot) => new(
        snapshot.Id, Exists: true, snapshot.NextSequence, snapshot.State.Status, snapshot.State.Assignee,
        GroupDetails.Parse(snapshot.State.Details), ParseIssue(snapshot.Issue),
        [.. snapshot.Threads.Select(RememberedThread.From)]);

    public static IssueFacts ParseIssue(string json) => JsonSerializer.Deserialize(json, GroupJson.Default.IssueFacts) ?? new IssueFacts();

    public string IssueJson() => JsonSerializer.Serialize(Issue, GroupJson.Default.IssueFacts);

    public GroupState ToState() => new(Status, Assignee, Details.ToJson());

    /// <summary>A thread that had been closed is open again.</summary>
    public GroupMemory Reopened(ThreadRow row) =>
        Threads.Any(thread => thread.Id == row.Id) ? Refreshed(row) : this with { Threads = Threads.Add(RememberedThread.From(row)) };

    /// <summary>A thread is closed.</summary>
    public GroupMemory Without(Guid thread) => this with { Threads = Threads.RemoveAll(remembered => remembered.Id == thread) };

    /// <summary>A driver has read a thread's row: its place may be known now, or it may be closed.</summary>
    public GroupMemory Refreshed(ThreadRow row)
    {
        int at = -1;
        for (int i = 0; i < Threads.Length && at < 0; i++)
        {
            at = Threads[i].Id == row.Id ? i : -1;
        }

        if (at < 0)
        {
            return this;
        }

        return row.State == ThreadState.Closed
            ? this with { Threads = Threads.RemoveAt(at) }
            : Threads[at] == RememberedThread.From(row) ? this : this with { Threads = Threads.SetItem(at, RememberedThread.From(row)) };
    }
}

/// <summary>A thread that is not closed, as far as accepting depends on it.</summary>
/// <param name="Id">The thread.</param>
/// <param name="Address">Workspace and channel.</param>
/// <param name="Rule">'' when no rule was named.</param>
/// <param name="OpenPeriod">'' when no open period was named.</param>
/// <param name="Ts">The root's <c>ts</c>, once known.</param>
/// <param name="Adopted">Somebody else posted its root: it is never edited.</param>
/// <param name="Pending">Deliveries that had not ended when the row was last read, and those made since.</param>
internal sealed record RememberedThread(
    Guid Id, ChannelAddress Address, string Rule, string OpenPeriod, string? Ts, bool Adopted, long Pending)
{
    public static RememberedThread From(ThreadRow row) => new(
        row.Id, new ChannelAddress(row.Workspace, row.Channel), row.Rule, row.OpenPeriod, row.Ts, row.Adopted,
        row.Made - row.Sent - row.Dead - row.Cancelled);
}

/// <summary>The statuses of a group.</summary>
internal static class GroupStatus
{
    public const string Unresolved = "unresolved";
    public const string Resolved = "resolved";
    public const string Archived = "archived";
}
