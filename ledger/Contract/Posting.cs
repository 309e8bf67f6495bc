namespace ThreadGrains.Ledger;

/// <summary>The wish to post.</summary>
/// <param name="Fence">The right to write.</param>
/// <param name="Post">The new post's id, a fresh UUID v7: token and marker.</param>
/// <param name="Thread">The thread.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Members">The deliveries it carries, by position, from the head of the thread on without a gap.</param>
/// <param name="Window">How long its bytes may be written: <c>not_after</c> = now + window.</param>
/// <param name="Revision">
/// Of a root: the thread's revision wanted, as it was read together with the state that the announcement shows. Once the root
/// is sent this is what Slack shows; a newer one is edited in. Null: unknown, so an edit follows where any was wanted.
/// </param>
public sealed record Claim(
    Fence Fence, Guid Post, Guid Thread, PostKind Kind, IReadOnlyList<Guid> Members, TimeSpan Window, long? Revision = null)
{
    /// <summary>Of a recap: how many deliveries it tells, as read (<see cref="RecapWork.Count"/>). Not so any more: <see cref="ClaimOutcome.NotNow"/>. Null: whatever it tells.</summary>
    public int? Tells { get; init; }
}

/// <summary>What became of a claim.</summary>
public abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <summary>The post may be sent until the moment given, by the database's clock.</summary>
    public sealed record Claimed(DateTimeOffset NotAfter) : ClaimOutcome;

    /// <summary>Nothing was written: something that the claim demands does not hold (any more). Read the thread again.</summary>
    public sealed record NotNow : ClaimOutcome;

    /// <summary>Nothing was written: not the owner any more. Drop memory, deactivate.</summary>
    public sealed record Fenced : ClaimOutcome;

    /// <summary>Nothing was written: the database cannot take it now.</summary>
    public sealed record Unavailable(string Error) : ClaimOutcome;

    /// <summary>It may have been written or not: read the post by its id, then go on within the window or give it back.</summary>
    public sealed record Unknown(string Error) : ClaimOutcome;
}

/// <summary>What a post came to.</summary>
public abstract record PostResult
{
    private PostResult()
    {
    }

    /// <summary>
    /// It stands in its thread (a root: in the channel) at <paramref name="Ts"/>. Members sent; <c>thread.last_ts</c>
    /// rises; a root's <c>ts</c> becomes the thread's and opens it. If a member was doubted before, the post's
    /// verification is due at <paramref name="VerifyAt"/> (null: 60 s from now): who finds the post by a look, or is told of it,
    /// need not know that it had been sent again.
    /// </summary>
    public sealed record Sent(string Ts, DateTimeOffset? VerifyAt = null) : PostResult;

    /// <summary>
    /// A reply stands in the channel, outside its thread: members dead with <c>parent_gone</c>, a clean-up for the orphan,
    /// the thread closed with <c>parent_gone</c> and what waits cancelled, in one transaction.
    /// </summary>
    /// <param name="Ts">Where it stands.</param>
    /// <param name="Repost">What takes the thread's place, if it may.</param>
    public sealed record Orphaned(string Ts, Repost? Repost = null) : PostResult;

    /// <summary>It surely was not posted: members pending again, due at the moment given.</summary>
    public sealed record TryAgain(DateTimeOffset DueAt, string Reason, bool UsesAttempt) : PostResult;

    /// <summary>It surely was not posted and never will be: members dead. A root closes its thread with that reason and cancels what waits.</summary>
    public sealed record Dead(string Reason) : PostResult;

    /// <summary>The thread takes no replies: members dead with the reason, the thread closed with it, what waits cancelled.</summary>
    /// <param name="Reason">Slack's error.</param>
    /// <param name="Repost">What takes the thread's place, if it may.</param>
    public sealed record ThreadGone(string Reason, Repost? Repost = null) : PostResult;

    /// <summary>Nobody knows. With a known end its own bytes are dead, and the first look is due at <paramref name="ReadAt"/>.</summary>
    public sealed record Doubt(string Reason, bool KnownEnd, DateTimeOffset ReadAt) : PostResult;
}

/// <summary>What became of writing a result.</summary>
public abstract record SettleOutcome
{
    private SettleOutcome()
    {
    }

    /// <summary>Written, now or before.</summary>
    /// <param name="AfterDoubt">The post was in doubt meanwhile, and the result says more than that. From its own sender such a result comes late: somebody else has taken the post over.</param>
    public sealed record Settled(bool AfterDoubt = false) : SettleOutcome;

    /// <summary>The post has ended otherwise; the copy that the result names was written down as an observation and the group woken.</summary>
    public sealed record Observed : SettleOutcome;

    /// <summary>The post has ended otherwise, and the result names no copy: nothing to keep.</summary>
    public sealed record Superseded : SettleOutcome;

    /// <summary>Nothing was written: the database cannot take it now. Keep the result in hand and write it again.</summary>
    public sealed record Unavailable(string Error) : SettleOutcome;

    /// <summary>It may have been written or not: write it again, the token makes it count once.</summary>
    public sealed record Unknown(string Error) : SettleOutcome;
}

/// <summary>How a doubt goes on.</summary>
public abstract record DoubtStep
{
    private DoubtStep()
    {
    }

    /// <summary>A row in sending whose deadline has passed becomes in doubt, without a known end.</summary>
    public sealed record Begin(DateTimeOffset ReadAt) : DoubtStep;

    /// <summary>A complete read did not find it; the next one is due at the moment given.</summary>
    public sealed record AbsentOnce(DateTimeOffset ReadAt) : DoubtStep;

    /// <summary>
    /// The second complete read did not find it either: post absent; members pending and due at once, doubted; where the
    /// thread is closed: cancelled.
    /// </summary>
    public sealed record Absent : DoubtStep;

    /// <summary>Found nowhere twice, and the parent is gone: members dead with <c>parent_gone</c>, thread closed, what waits cancelled.</summary>
    /// <param name="Repost">What takes the thread's place, if it may.</param>
    public sealed record ParentGone(Repost? Repost = null) : DoubtStep;

    /// <summary>It could not be read; the next look is due at the moment given. Post and members show the reason.</summary>
    public sealed record ReadLater(DateTimeOffset ReadAt, string Reason) : DoubtStep;

    /// <summary>Nobody will look any further: members dead with the reason, <c>in_doubt</c>; remembered as died out of doubt.</summary>
    public sealed record GiveUp(string Reason) : DoubtStep;

    /// <summary>Send it again although nobody knows (an operator's or policy's choice): as <see cref="Absent"/>.</summary>
    public sealed record Resend : DoubtStep;

    /// <summary>A replayed delivery at the head died out of doubt under this post: the post is in doubt again (if none of the thread is in flight), its members that are pending with this doubt_post with it; reads start anew.</summary>
    public sealed record Reopen(DateTimeOffset ReadAt) : DoubtStep;
}

/// <summary>What became of a fenced or simple write.</summary>
public enum WriteOutcome
{
    /// <summary>Written, now or before.</summary>
    Done,

    /// <summary>Nothing was written: the row is not in a state that allows it. Read again.</summary>
    NotPossible,

    /// <summary>Nothing was written: a unique place belongs to another row.</summary>
    Clash,

    /// <summary>Nothing was written: not the owner any more. Drop memory, deactivate.</summary>
    Fenced,

    /// <summary>Nothing was written: the database cannot take it now.</summary>
    Unavailable,

    /// <summary>It may have been written or not. Drop memory and read again.</summary>
    Unknown,
}

/// <summary>What became of the claim of an edit.</summary>
public abstract record EditClaimOutcome
{
    private EditClaimOutcome()
    {
    }

    /// <summary>The edit may be sent until the moment given; it shows this revision of the group as read here.</summary>
    public sealed record Claimed(long Revision, string Ts, DateTimeOffset NotAfter, GroupState State, string Issue) : EditClaimOutcome;

    /// <summary>Nothing was written, for the reason given by the outcome.</summary>
    public sealed record Not(WriteOutcome Outcome) : EditClaimOutcome;
}

/// <summary>What an edit came to.</summary>
public abstract record EditResult
{
    private EditResult()
    {
    }

    /// <summary>Slack shows this revision. If a newer one is wanted the edit is due at once.</summary>
    public sealed record Shown(long Revision) : EditResult;

    /// <summary>It was surely not made, or nobody knows: the newest revision is to be sent at the moment given, also if it equals the one that was tried.</summary>
    public sealed record TryAgain(DateTimeOffset DueAt) : EditResult;

    /// <summary>Slack will not have this message edited: no more edits of this parent.</summary>
    public sealed record Off : EditResult;

    /// <summary>The message is gone: thread closed with <c>parent_gone</c>, what waits cancelled.</summary>
    /// <param name="Repost">What takes the thread's place, if it may.</param>
    public sealed record ParentGone(Repost? Repost = null) : EditResult;
}

/// <summary>What became of the replay of one delivery.</summary>
public enum ReplayOutcome
{
    /// <summary>It waits at the end of its thread.</summary>
    Replayed,

    /// <summary>The group has no such delivery.</summary>
    NotFound,

    /// <summary>It is not dead.</summary>
    NotDead,

    /// <summary>Its thread is closed.</summary>
    ThreadClosed,

    /// <summary>Nothing was written: not the owner any more.</summary>
    Fenced,

    /// <summary>The database cannot take it now, or the outcome is unknown: read again.</summary>
    Unavailable,
}

/// <summary>What became of telling the ledger that it was restored.</summary>
public abstract record RestoreOutcome
{
    private RestoreOutcome()
    {
    }

    /// <summary>Everything unfinished will be read back before it is sent.</summary>
    /// <param name="Pending">Pending deliveries that are looked for.</param>
    /// <param name="InDoubt">Posts that were in flight, in doubt now.</param>
    /// <param name="Dead">Dead deliveries that are looked for should they be replayed.</param>
    /// <param name="Parents">Parents that are edited to the group's state.</param>
    public sealed record Begun(int Pending, int InDoubt, int Dead, int Parents) : RestoreOutcome;

    /// <summary>Nothing was written: the database cannot take it now.</summary>
    public sealed record Unavailable(string Error) : RestoreOutcome;

    /// <summary>It may have been written or not: do it again.</summary>
    public sealed record Unknown(string Error) : RestoreOutcome;
}
