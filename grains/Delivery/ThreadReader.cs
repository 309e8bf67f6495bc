using ThreadGrains.Grains.Channels;
using ThreadGrains.Ledger;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// Looks for a post in Slack. Complete means every page, without error, in one go; only a complete look that finds nothing
/// counts as absence.
/// </summary>
internal sealed class ThreadReader(IThreadSlack slack, ILanes lanes, TimeSpan searchMargin, TimeProvider clock)
{
    public async Task<ReadEvidence> Look(ThreadRow thread, PostRow post, CancellationToken cancellation)
    {
        if (await slack.RecognizeOwn(cancellation) is not { } isOurs)
        {
            return new ReadEvidence.Unreadable("identity_unknown", null);
        }

        bool Matches(ReadMessage message) => message.Marker is { } marker && IsOf(marker, post) && isOurs(message);
        if (post.Kind == PostKind.Root)
        {
            return Judge(await ReadHistory(thread, post, Matches, cancellation), parentGone: false, root: true, thread);
        }

        var replies = await ReadReplies(thread, post, Matches, cancellation);
        if (replies.Trouble is not null || (!replies.ParentGone && !replies.IsMissing) || replies.Copies.Count > 0)
        {
            return Judge(replies, parentGone: false, root: false, thread);
        }

        // The parent is gone: a reply that arrived after it went stands in the channel itself.
        return Judge(await ReadHistory(thread, post, Matches, cancellation), parentGone: true, root: false, thread);
    }

    /// <summary>
    /// Every copy of ours that stands in the thread (a root: in the channel) since before a post that was sent again out of
    /// doubt, whatever its marker names. Null: it could not be read to the end.
    /// </summary>
    public async Task<IReadOnlyList<(PostMarker Marker, string Ts)>?> LookForCopies(ThreadRow thread, PostRow sent, CancellationToken cancellation)
    {
        if (await slack.RecognizeOwn(cancellation) is not { } isOurs)
        {
            return null;
        }

        // The doubtful copy is older than the claim that sent it again; a root's read-from may have moved past it.
        var since = sent with { ReadFrom = sent.Kind == PostKind.Root ? null : sent.ReadFrom, ClaimedAt = sent.ClaimedAt - VerificationReach };
        bool Ours(ReadMessage message) => message.Marker is not null && isOurs(message);
        var scan = sent.Kind == PostKind.Root
            ? await ReadHistory(thread, since, Ours, cancellation)
            : await ReadReplies(thread, since, Ours, cancellation);
        return scan.Trouble is null ? [.. scan.Copies.Select(copy => (copy.Marker!.Value, copy.Ts.ToString()))] : null;
    }

    private static readonly TimeSpan VerificationReach = TimeSpan.FromMinutes(20);

    /// <summary>
    /// Whether a message with this marker is a copy of the post. After a restore it may have been posted under an id that the
    /// ledger has lost; then the delivery tells, whatever company it was posted in: a digest that came after the backup carries
    /// deliveries that the ledger of the backup knows as single ones.
    /// </summary>
    internal static bool IsOf(PostMarker marker, PostRow post) =>
        marker.Post == post.Id || (post is { Restored: true, Members: [var first, ..] } && marker.Carries(first));

    private static ReadEvidence Judge(Scan scan, bool parentGone, bool root, ThreadRow thread)
    {
        if (scan.Trouble is { } trouble)
        {
            return new ReadEvidence.Unreadable(trouble, scan.RetryAfter);
        }

        if (scan.Copies.Count == 0)
        {
            return new ReadEvidence.Absent(parentGone);
        }

        var copies = scan.Copies.OrderBy(copy => copy.Ts).ToList();
        if (root)
        {
            return new ReadEvidence.Found(copies[0].Ts.ToString(), [.. copies.Skip(1).Select(copy => copy.Ts.ToString())]);
        }

        // Which copy stays: the lowest in the thread, as long as the ledger names none.
        var inThread = copies.Where(copy => copy.ThreadTs?.ToString() == thread.Ts).ToList();
        return inThread.Count > 0
            ? new ReadEvidence.Found(inThread[0].Ts.ToString(), [.. copies.Where(copy => copy != inThread[0]).Select(copy => copy.Ts.ToString())])
            : new ReadEvidence.FoundOutside(copies[0].Ts.ToString());
    }

    private sealed record Scan(IReadOnlyList<ReadMessage> Copies, bool ParentGone = false, bool IsMissing = false, string? Trouble = null, TimeSpan? RetryAfter = null);

    private async Task<Scan> ReadReplies(ThreadRow thread, PostRow post, Func<ReadMessage, bool> matches, CancellationToken cancellation)
    {
        var parent = SlackTs.Parse(thread.Ts ?? throw new InvalidOperationException("A reply was claimed in a thread without a root."));
        var oldest = From(post);
        var copies = new List<ReadMessage>();
        bool parentGone = false;
        string? cursor = null;
        do
        {
            if (await Permit(thread.Id, cancellation) is { } wait)
            {
                return new Scan([], Trouble: "no_read_budget", RetryAfter: wait);
            }

            switch (await slack.Replies(thread.Channel, parent, oldest, cursor, cancellation))
            {
                case CallOutcome<MessagePage>.Ok ok:
                    parentGone |= ok.Value.Messages.Any(message => message.Ts == parent && message.IsTombstone);
                    copies.AddRange(ok.Value.Messages.Where(matches).Where(copy => copies.All(known => known.Ts != copy.Ts)));
                    if (ok.Value is { HasMore: true, NextCursor: null })
                    {
                        return new Scan([], Trouble: "page_without_cursor");
                    }

                    cursor = ok.Value.NextCursor;
                    break;
                case CallOutcome<MessagePage>.Refused { Error: "thread_not_found" }:
                    return new Scan(copies, IsMissing: true);
                case var other:
                    return await Troubled(other);
            }
        }
        while (cursor is not null);

        return new Scan(copies, parentGone);
    }

    private async Task<Scan> ReadHistory(ThreadRow thread, PostRow post, Func<ReadMessage, bool> matches, CancellationToken cancellation)
    {
        var copies = new List<ReadMessage>();
        string? cursor = null;
        do
        {
            if (await Permit(thread.Id, cancellation) is { } wait)
            {
                return new Scan([], Trouble: "no_read_budget", RetryAfter: wait);
            }

            switch (await slack.History(thread.Channel, From(post), null, inclusive: false, cursor, cancellation))
            {
                case CallOutcome<MessagePage>.Ok ok:
                    copies.AddRange(ok.Value.Messages.Where(matches).Where(copy => copies.All(known => known.Ts != copy.Ts)));
                    if (ok.Value is { HasMore: true, NextCursor: null })
                    {
                        return new Scan([], Trouble: "page_without_cursor");
                    }

                    cursor = ok.Value.NextCursor;
                    break;
                case var other:
                    return await Troubled(other);
            }
        }
        while (cursor is not null);

        return new Scan(copies);
    }

    private SlackTs From(PostRow post) => post.ReadFrom is { } known ? SlackTs.Parse(known) : SlackTs.FromTime(post.ClaimedAt - searchMargin);

    /// <summary>Waits for the budget of reads, for a while. Not null: it is not to be had now, come back after that long.</summary>
    private async Task<TimeSpan?> Permit(Guid thread, CancellationToken cancellation)
    {
        while (true)
        {
            switch (await lanes.ForRead(thread))
            {
                case PermitAnswer.Granted:
                    return null;
                case PermitAnswer.NotBefore later:
                    var wait = later.At - clock.GetUtcNow();
                    if (wait > TimeSpan.FromSeconds(30))
                    {
                        return wait;
                    }

                    await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, cancellation);
                    break;
                case PermitAnswer.Parked parked:
                    return parked.ProbeAt - clock.GetUtcNow() is var probe && probe > TimeSpan.FromSeconds(1) ? probe : TimeSpan.FromSeconds(1);
            }
        }
    }

    private async Task<Scan> Troubled(CallOutcome<MessagePage> outcome)
    {
        switch (outcome)
        {
            case CallOutcome<MessagePage>.Limited limited:
                await lanes.Throttled(edit: false, limited.RetryAfter);
                return new Scan([], Trouble: limited.Error, RetryAfter: limited.RetryAfter ?? TimeSpan.FromSeconds(30));
            case CallOutcome<MessagePage>.Refused refused:
                return new Scan([], Trouble: refused.Error);
            case CallOutcome<MessagePage>.RetryLater later:
                return new Scan([], Trouble: later.Error);
            case CallOutcome<MessagePage>.Unknown unknown:
                return new Scan([], Trouble: unknown.Evidence);
            case CallOutcome<MessagePage>.NotSlack stranger:
                return new Scan([], Trouble: $"not_slack:{stranger.Status}");
            default:
                throw new System.Diagnostics.UnreachableException($"No rule for {outcome.GetType().Name}");
        }
    }
}
