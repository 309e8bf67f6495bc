using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Ledger;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// Looks for a post in Slack. Complete means every page, without error, in one chain of cursors; only a complete look that finds
/// nothing counts as absence. Where the budget of reads ends in the middle, or Slack does not give a page, the look goes on from
/// there later: at one page a minute it might never end otherwise. Only a refusal makes it begin anew, as that may be one of the
/// cursor. That costs nothing in certainty: a page's place is a moment in the conversation, so
/// that what stood there when the look began is met whenever its page is read. It is remembered by this process alone.
/// </summary>
internal sealed class ThreadReader(IThreadSlack slack, ILanes lanes, TimeSpan searchMargin, TimeProvider clock)
{
    /// <summary>What a look says that came to the end of the budget.</summary>
    public const string NoBudget = "no_read_budget";

    /// <summary>How long the budget is waited for on the spot; meanwhile the thread's driver notices nothing else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>In place of the number of looks before: a look for second copies.</summary>
    private const int Verification = -1;

    private Passage? _begun;

    /// <summary>A look that counts.</summary>
    public async Task<ReadEvidence> Look(ThreadRow thread, PostRow post, CancellationToken cancellation)
    {
        var evidence = await Look(thread, post, GoOn(post.Id, post.AbsentReads, RankOf(post), Patience), cancellation);
        Keep(goesOn: evidence is ReadEvidence.Unreadable);
        return evidence;
    }

    /// <summary>A look between those that count, if the budget has something left at this moment.</summary>
    public Task<ReadEvidence> LookAtOnce(ThreadRow thread, PostRow post, CancellationToken cancellation) =>
        Look(thread, post, new Passage(post.Id, post.AbsentReads, RankOf(post), TimeSpan.Zero), cancellation);

    /// <summary>
    /// Every copy of ours that stands in the thread (a root, or a reply whose parent is gone: in the channel) since before what
    /// was sent again out of doubt was first tried, whatever its marker names. Null: it could not be read to the end; after the
    /// moment given, if any, it can go on; refused: Slack does not show the conversation.
    /// </summary>
    public async Task<(IReadOnlyList<(PostMarker Marker, string Ts, bool IsInThread)>? Copies, TimeSpan? RetryAfter, bool IsRefused)> LookForCopies(
        ThreadRow thread, PostRow sent, DateTimeOffset firstTried, CancellationToken cancellation)
    {
        if (await slack.RecognizeOwn(cancellation) is not { } isOurs)
        {
            return (null, null, false);
        }

        // A root's read-from may have moved past the doubtful copy.
        var since = sent with { ReadFrom = sent.Kind == PostKind.Root ? null : sent.ReadFrom, ClaimedAt = firstTried };
        bool Ours(ReadMessage message) => message.Marker is not null && isOurs(message);
        var passage = GoOn(sent.Id, Verification, new ReadRank(sent.ClaimedAt, CanWait: true), Patience);
        var scan = sent.Kind == PostKind.Root
            ? await ReadHistory(thread, since, passage, Ours, cancellation)
            : await ReadReplies(thread, since, passage, Ours, cancellation);
        if (scan is { Trouble: null } and ({ ParentGone: true } or { IsMissing: true }))
        {
            // Late bytes of a reply that arrive after its parent went stand in the channel itself.
            var history = await ReadHistory(thread, since, passage, Ours, cancellation);
            scan = history with { Copies = [.. scan.Copies, .. history.Copies] };
        }

        Keep(goesOn: scan.Trouble is not null);
        return (scan.Trouble is null ? [.. scan.Copies.Select(copy => (copy.Marker!.Value, copy.Ts.ToString(), copy.ThreadTs is { } parent && parent != copy.Ts))] : null, scan.RetryAfter, scan.IsRefused);
    }

    private async Task<ReadEvidence> Look(ThreadRow thread, PostRow post, Passage passage, CancellationToken cancellation)
    {
        if (await slack.RecognizeOwn(cancellation) is not { } isOurs)
        {
            return new ReadEvidence.Unreadable("identity_unknown", null);
        }

        bool Matches(ReadMessage message) => message.Marker is { } marker && IsOf(marker, post) && isOurs(message);
        if (post.Kind == PostKind.Root)
        {
            return Judge(await ReadHistory(thread, post, passage, Matches, cancellation), parentGone: false, root: true, thread);
        }

        var replies = await ReadReplies(thread, post, passage, Matches, cancellation);
        if (replies.Trouble is not null || (!replies.ParentGone && !replies.IsMissing) || replies.Copies.Count > 0)
        {
            return Judge(replies, parentGone: false, root: false, thread);
        }

        // The parent is gone: a reply that arrived after it went stands in the channel itself.
        return Judge(await ReadHistory(thread, post, passage, Matches, cancellation), parentGone: true, root: false, thread);
    }

    /// <summary>The look that was begun, if it is this one; else a new one.</summary>
    private Passage GoOn(Guid post, int looks, ReadRank rank, TimeSpan patience) =>
        _begun is { } begun && begun.Post == post && begun.Looks == looks ? begun : _begun = new Passage(post, looks, rank, patience);

    private void Keep(bool goesOn) => _begun = goesOn && _begun is { IsRefused: false } ? _begun : null;

    private static ReadRank RankOf(PostRow post) => new(post.DoubtSince ?? post.NotAfter);

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
            return new ReadEvidence.Unreadable(trouble, scan.RetryAfter) { IsRefused = scan.IsRefused };
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

    private sealed record Scan(
        IReadOnlyList<ReadMessage> Copies, bool ParentGone = false, bool IsMissing = false, string? Trouble = null, TimeSpan? RetryAfter = null, bool IsRefused = false);

    /// <summary>How far a look has come.</summary>
    private sealed record Passage(Guid Post, int Looks, ReadRank Rank, TimeSpan Patience)
    {
        public Pages Replies { get; } = new();

        public Pages History { get; } = new();

        /// <summary>Slack refused a page: what was read before it is of no use.</summary>
        public bool IsRefused { get; set; }
    }

    /// <summary>The pages of one conversation that were read, or are still to be.</summary>
    private sealed class Pages
    {
        public List<ReadMessage> Copies { get; } = [];

        public bool ParentGone { get; set; }

        public bool IsMissing { get; set; }

        public string? Cursor { get; set; }

        public bool IsComplete { get; set; }
    }

    private Task<Scan> ReadReplies(ThreadRow thread, PostRow post, Passage passage, Func<ReadMessage, bool> matches, CancellationToken cancellation)
    {
        var parent = SlackTs.Parse(thread.Ts ?? throw new InvalidOperationException("A reply was claimed in a thread without a root."));
        return ReadPages(
            thread.Id, passage, passage.Replies, cursor => slack.Replies(thread.Channel, parent, From(post), cursor, cancellation),
            message => message.Ts == parent && message.IsTombstone, matches, cancellation);
    }

    private Task<Scan> ReadHistory(ThreadRow thread, PostRow post, Passage passage, Func<ReadMessage, bool> matches, CancellationToken cancellation) =>
        ReadPages(
            thread.Id, passage, passage.History, cursor => slack.History(thread.Channel, From(post), null, inclusive: false, cursor, cancellation),
            _ => false, matches, cancellation);

    private async Task<Scan> ReadPages(
        Guid thread, Passage passage, Pages pages, Func<string?, Task<CallOutcome<MessagePage>>> read, Func<ReadMessage, bool> isGoneParent,
        Func<ReadMessage, bool> matches, CancellationToken cancellation)
    {
        while (!pages.IsComplete)
        {
            if (await Permit(thread, passage, cancellation) is { } wait)
            {
                return new Scan([], Trouble: NoBudget, RetryAfter: wait);
            }

            switch (await read(pages.Cursor))
            {
                case CallOutcome<MessagePage>.Ok { Value: { HasMore: true, NextCursor: null } }:
                    passage.IsRefused = true;
                    return new Scan([], Trouble: "page_without_cursor");
                case CallOutcome<MessagePage>.Ok { Value: var page }:
                    pages.ParentGone |= page.Messages.Any(isGoneParent);
                    pages.Copies.AddRange(page.Messages.Where(matches).Where(copy => pages.Copies.All(known => known.Ts != copy.Ts)));
                    pages.Cursor = page.NextCursor;
                    pages.IsComplete = page.NextCursor is null;
                    break;
                case CallOutcome<MessagePage>.Refused { Error: "thread_not_found" }:
                    pages.IsMissing = pages.IsComplete = true;
                    break;
                case var other:
                    passage.IsRefused |= other is CallOutcome<MessagePage>.Refused;
                    return await Troubled(other);
            }
        }

        return new Scan(pages.Copies, pages.ParentGone, pages.IsMissing);
    }

    private SlackTs From(PostRow post) => post.ReadFrom is { } known ? SlackTs.Parse(known) : SlackTs.FromTime(post.ClaimedAt - searchMargin);

    /// <summary>Waits for the budget of reads, for a while. Not null: it is not to be had now, come back after that long.</summary>
    private async Task<TimeSpan?> Permit(Guid thread, Passage passage, CancellationToken cancellation)
    {
        while (true)
        {
            switch (await lanes.ForRead(thread, passage.Rank))
            {
                case PermitAnswer.Granted:
                    return null;
                case PermitAnswer.NotBefore later:
                    var wait = later.At - clock.GetUtcNow();
                    if (wait > passage.Patience)
                    {
                        return wait;
                    }

                    // The lane's clock may be behind ours: asking at once, we would ask round and round.
                    await Task.Delay(wait > ThreadDriver.AskAgain ? wait : ThreadDriver.AskAgain, clock, cancellation);
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
                return new Scan([], Trouble: limited.Error, RetryAfter: LimitedPause.After(limited.RetryAfter, 1));
            case CallOutcome<MessagePage>.Refused refused:
                return new Scan([], Trouble: refused.Error, IsRefused: refused.Scope is RefusalScope.Workspace or RefusalScope.Channel);
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
