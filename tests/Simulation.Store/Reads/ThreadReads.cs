using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;
using ThreadGrains.Simulation.Store.Writes;

namespace ThreadGrains.Simulation.Store.Reads;

/// <summary>A thread's work, and posts by their ids.</summary>
internal sealed class ThreadReads(MemoryTables tables)
{
    /// <summary>More than a message holds.</summary>
    private const int MaxTold = 200;

    public ThreadWork? Read(Guid id, int members, DateTimeOffset now)
    {
        if (tables.Threads.GetValueOrDefault(id) is not { } thread)
        {
            return null;
        }

        var group = thread.Group;
        IReadOnlyList<DeliveryRow> carried = thread.InFlight is { } post ? [.. post.Carried.Select(member => member.ToRow())] : [];
        var verify = thread.Verifying.MinBy(sent => sent.VerifyAt);
        var pending = thread.Line.Values.Where(delivery => delivery.State == DeliveryState.Pending).Take(members).ToList();
        return new ThreadWork(
            now, group.Name, group.Owner, group.Epoch, group.State, group.Issue, thread.ToRow(), thread.InFlight?.ToRow(), carried,
            [.. pending.Select(delivery => delivery.ToRow())], thread.Line.Count - carried.Count,
            // The lowest first: where nothing is named yet it is the copy that stays.
            [.. thread.OpenObservations.OrderBy(seen => seen.Ts, StringComparer.Ordinal).ThenBy(seen => seen.Id).Select(seen => seen.ToRow())],
            [.. thread.OpenCleanups.OrderBy(cleanup => cleanup.DueAt).ThenBy(cleanup => cleanup.Id).Select(cleanup => cleanup.ToRow())],
            verify?.ToRow(), thread.RootPost?.Id)
        {
            RootDelivery = thread.RootPost?.Members[0].Id,
            VerifySince = verify?.Members.SelectMany(member => member.Posts).Min(tried => tried.ClaimedAt),
            Recap = pending is [{ Kind: DeliveryKind.Recap } recap, ..] ? Recap(recap) : null,
        };
    }

    public PostRow? Post(Guid id) => tables.Posts.GetValueOrDefault(id)?.ToRow();

    public PostPlace? Place(Guid id) => tables.Posts.GetValueOrDefault(id) is { } post && post.Thread is var thread
        ? new PostPlace(thread.Group.Name, thread.Id, thread.Workspace, thread.Channel, thread.Ts, post.Kind, post.State, post.SlackTs)
        : null;

    public IReadOnlyList<Guid> Due(Guid group, DateTimeOffset? dueBy)
    {
        var threads = tables.Groups.GetValueOrDefault(group)?.Threads ?? [];
        return
        [
            .. threads.Where(thread => thread.WakeAt is { } at && (dueBy is null || at <= dueBy))
                .OrderBy(thread => thread.WakeAt).ThenBy(thread => thread.Id).Select(thread => thread.Id),
        ];
    }

    private static RecapWork Recap(DeliveryEntry recap)
    {
        var told = recap.Told.Where(delivery => delivery.IsTold)
            .OrderBy(delivery => delivery.Activity.Row.Sequence).ThenBy(delivery => delivery.Position).ToList();
        return new RecapWork([.. told.Take(MaxTold).Select(delivery => delivery.ToRow())], told.Count, Recaps.Waits(recap));
    }
}
