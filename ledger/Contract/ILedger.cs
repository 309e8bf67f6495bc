namespace ThreadGrains.Ledger;

/// <summary>
/// The delivery ledger: what was accepted, what became of each delivery, and what is known of each post in Slack.
/// One contract for every database; both sides pass the same suite.
/// </summary>
/// <remarks>
/// <para>
/// <b>Writes are group-committed.</b> The items of many groups are gathered and committed in one transaction; an
/// item's task completes after that commit. Each item has an outcome of its own: a bad item never fails its neighbours.
/// Items given one after the other by one caller that awaits each are applied in that order.
/// </para>
/// <para>
/// <b>Outcomes are values.</b> Expected ends (a lost race, a duplicate, an unknown commit) are cases of the returned
/// family. Exceptions are for bugs and for a ledger that was disposed.
/// </para>
/// <para>
/// <b>The clock is the database's</b> (<see cref="Now"/>): deadlines are written and compared with it alone.
/// </para>
/// <para>
/// <b>wake_at.</b> Every write leaves <c>issue_group.wake_at</c> at the earliest moment at which anything of the group is
/// due (null: nothing): a pending delivery at the head of its thread (while parked not before its probe), a deadline or read
/// of a post in flight, an edit (one in flight: when it counts as lost), a clean-up, an observation without an end, a
/// verification, a look-up, the callback at the head (<see cref="ReadCallback"/>). The owner never has to say so itself. While a post is in flight what waits behind it is not due,
/// nor are observations of other posts: nothing could be done about them before it has ended.
/// </para>
/// <para>
/// <b>Taking over.</b> A fence that takes over counts only if the write does: <c>Taken</c>, <c>Claimed</c>, <c>Done</c> and at
/// least one <c>Replayed</c> leave the writer as owner with <see cref="Fence.HeldAfter"/>; after any other outcome owner and
/// epoch are as they were.
/// </para>
/// <para>
/// <b>Texts.</b> U+0000 and unpaired surrogates are stored by no database: a turn that holds them is <c>Refused</c>, alone.
/// In reasons, which come from Slack and from exceptions, they are replaced by U+FFFD, so that no result is ever lost for
/// them. As a <c>ts</c> or owner they are a bug (<see cref="ArgumentException"/>). Nothing is found by them.
/// </para>
/// <para>
/// <b>Giving up.</b> A cancelled token takes back a write as long as it waits; once begun it runs to its outcome.
/// </para>
/// <para>
/// <b>Reads</b> that cannot be made now throw <see cref="LedgerUnavailableException"/>.
/// </para>
/// <para>
/// <b>Counters.</b> Per thread, made = sent + dead + cancelled + deliveries that have not ended, kept in the same
/// transactions as the states.
/// </para>
/// </remarks>
public interface ILedger : IAsyncDisposable
{
    /// <summary>The database's clock.</summary>
    ValueTask<DateTimeOffset> Now(CancellationToken cancellation);

    // ---- Writes of a group's owner: each names the epoch it holds -------------------------------------------------

    /// <summary>
    /// Commits the accepts of one group that were decided together. In the transaction: the idempotency keys first; if
    /// any of them stood there already nothing of this turn is written and the outcome is <see cref="TurnOutcome.Known"/>.
    /// Then the fence with the group's new state, the issue, activities, new threads, deliveries (positions given here, in
    /// the order listed, at the end of each thread), callbacks and wanted revisions. A turn that is fenced is never reported as
    /// <see cref="TurnOutcome.Stale"/>, <see cref="TurnOutcome.Clash"/> or refused for what it finds in its way.
    /// A new thread of ours begins with its root, its only one; anything else is refused, since it could never move. A
    /// delivery may tell an older activity, as long as the live tables hold it. An edit that was postponed by
    /// <see cref="EditResult.TryAgain"/>, or is in flight, stays where it is in time: its bytes may be under way.
    /// </summary>
    Task<TurnOutcome> CommitTurn(Turn turn, CancellationToken cancellation);

    /// <summary>
    /// Claims deliveries for a post, by compare-and-set: from pending, thread open (or posting, for its root), no post of
    /// the thread in flight, no earlier delivery of the thread (by position) that has not ended other than the members
    /// themselves, all members due and next in line without a gap, no observation without an end, the parent looked up,
    /// <c>ts</c> known unless it is the root. Members become <c>sending</c> with one attempt more, <c>delivery.post</c>
    /// names the post, <c>post.read_from</c> is the thread's last confirmed <c>ts</c> (a root: the newest root <c>ts</c>
    /// of ours in that channel, if any), <c>not_after</c> = now + window.
    /// </summary>
    Task<ClaimOutcome> Claim(Claim claim, CancellationToken cancellation);

    /// <summary>
    /// Writes what a doubtful post came to after evidence was looked for; needs the epoch, unlike <see cref="Settle"/>.
    /// Only from <c>in_doubt</c> (and, for <see cref="DoubtStep.Begin"/>, from <c>sending</c> once now ≥ not_after).
    /// <see cref="DoubtStep.Absent"/> and <see cref="DoubtStep.ParentGone"/> need an <see cref="DoubtStep.AbsentOnce"/> before
    /// them. Whatever says that no copy is known is <see cref="WriteOutcome.NotPossible"/> while an observation of that very
    /// post has no end: <see cref="EndObservation(Fence, Guid, CancellationToken)"/> ends the doubt then.
    /// </summary>
    Task<WriteOutcome> StepDoubt(Fence fence, Guid post, DoubtStep step, CancellationToken cancellation);

    /// <summary>
    /// Claims the edit of a parent: no edit of the thread in flight, revision wanted above shown, edit due. An edit whose
    /// result nobody wrote counts as lost 5 s after its window, and the newest revision is due then.
    /// </summary>
    Task<EditClaimOutcome> ClaimEdit(Fence fence, Guid thread, Guid token, TimeSpan window, CancellationToken cancellation);

    /// <summary>
    /// Ends an observation: the deliveries that its post carried and that are pending, dead or cancelled become sent by
    /// that post with the observed <c>ts</c>; if the ledger already names another copy of them (sent by another post, or
    /// the same post with another <c>ts</c>) the observed copy becomes a clean-up. Not while the post, or any post of the
    /// thread, is in flight, unless the observation is of the very post that is in flight: then it settles it as sent. Of
    /// several copies of a post while none is named the lowest <c>ts</c> stays, whichever is ended first. An observation
    /// <c>orphan</c> (a late <see cref="PostResult.Orphaned"/>) makes nothing sent: clean-up, and the thread closed with
    /// <c>parent_gone</c>. A message that the ledger names (a root, or a sent post of the thread) never becomes a clean-up.
    /// Where members were doubted the post is verified 60 s later.
    /// </summary>
    Task<WriteOutcome> EndObservation(Fence fence, Guid observation, CancellationToken cancellation) =>
        EndObservation(fence, observation, null, cancellation);

    /// <summary>Ends an observation; if it shows that the parent is gone, another thread takes the place of that one.</summary>
    Task<WriteOutcome> EndObservation(Fence fence, Guid observation, Repost? repost, CancellationToken cancellation);

    /// <summary>
    /// Closes a thread: pending deliveries become cancelled with the reason; a post in flight ends by its own evidence, and
    /// members that would go back in line are cancelled. A thread that is closed keeps its first reason, unless
    /// its parent turns out to be gone: then it is closed for good (<c>parent_gone</c>).
    /// </summary>
    Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, CancellationToken cancellation) =>
        CloseThread(fence, thread, reason, null, cancellation);

    /// <summary>Closes a thread, and lets another take its place where that applies.</summary>
    Task<WriteOutcome> CloseThread(Fence fence, Guid thread, string reason, Repost? repost, CancellationToken cancellation);

    /// <summary>
    /// Opens a closed thread again: what is accepted from now on goes into it, what was cancelled stays so, and a parent of
    /// ours shows the group's present state; one of somebody else's that was not looked up is looked up now.
    /// <see cref="WriteOutcome.NotPossible"/>: it is open, never got a root, or its root is gone (<c>parent_gone</c>, <c>moved</c>).
    /// Another open thread stands in its place: <see cref="WriteOutcome.Clash"/>.
    /// </summary>
    Task<WriteOutcome> ReopenThread(Fence fence, Guid thread, CancellationToken cancellation);

    /// <summary>
    /// Replays dead deliveries, in the order given: a new position at the end of the thread, late, pending and due now,
    /// attempts zero. One that died out of doubt keeps its post in <c>doubt_post</c>: before it is claimed that post has to
    /// be read again (<see cref="DoubtStep.Reopen"/>); whatever died out of doubt under the same post comes with it, named or not,
    /// in that post's order and without a gap, since what was in doubt together goes again together. One outcome for each that is named. For <see cref="Expire"/> it counts as accepted now.
    /// A dead callback of the group is replayed too: it keeps the place of its sequence, and its body.
    /// </summary>
    Task<IReadOnlyList<ReplayOutcome>> Replay(Fence fence, IReadOnlyList<Guid> deliveries, CancellationToken cancellation);

    /// <summary>
    /// Marks a thread as parked with Slack's error (null: not any more; what had been put off is due at once). Pending
    /// deliveries show <c>parked:…</c> as their reason. The same error again keeps the moment since when.
    /// </summary>
    Task<WriteOutcome> Park(Fence fence, Guid thread, string? error, DateTimeOffset? probeAt, CancellationToken cancellation);

    /// <summary>
    /// Ends pending deliveries of a parked thread that were accepted before the moment given: dead, <c>expired</c>. A root
    /// among them closes its thread. A thread that is not parked: <see cref="WriteOutcome.NotPossible"/>.
    /// </summary>
    Task<WriteOutcome> Expire(Fence fence, Guid thread, DateTimeOffset acceptedBefore, CancellationToken cancellation);

    /// <summary>
    /// The parent of an adopted thread was looked up: it exists, and its root is this <c>ts</c>. A root of another thread, or a
    /// message that has to go: <see cref="WriteOutcome.Clash"/>.
    /// </summary>
    Task<WriteOutcome> ConfirmParent(Fence fence, Guid thread, string ts, CancellationToken cancellation);

    /// <summary>
    /// Slack has given the channel of a thread another id: from now on the thread, closed or not, stands under that one with all that
    /// it has, and so do its clean-ups that are due. It is not parked any more, and what had been put off is due at once. Where
    /// another open thread of the group has its key under the new id already, it is closed with <c>thread_exists</c> first. Where its
    /// message is the root of another thread under the new id, or has to go, it is closed with <c>message_taken</c> and stays where
    /// it is; one that is closed, or that stands under that id already: <see cref="WriteOutcome.NotPossible"/>. <see cref="WriteOutcome.Clash"/>: another
    /// writer took its place or message at this moment.
    /// </summary>
    Task<WriteOutcome> MoveThread(Fence fence, Guid thread, string channel, CancellationToken cancellation);

    /// <summary>Postpones the look-up of an adopted parent.</summary>
    Task<WriteOutcome> PostponeLookUp(Fence fence, Guid thread, DateTimeOffset dueAt, CancellationToken cancellation);

    // ---- Results and evidence: whoever knows may write --------------------------------------------------------------

    /// <summary>
    /// Writes the result of a post, by compare-and-set on the post alone (its id is the claim's token), from <c>sending</c>
    /// or <c>in_doubt</c>, without epoch. If the post has ended otherwise: a result that says where a copy stands becomes an
    /// observation (and wakes the group) in the same transaction: <see cref="SettleOutcome.Observed"/>. The same result
    /// again is <see cref="SettleOutcome.Settled"/>, as is a doubt about a post in doubt; it says whether the post was in
    /// doubt meanwhile. A post that was never claimed:
    /// superseded, but for a copy of it, which is a bug. A root whose message another thread adopted meanwhile is sent, and its
    /// own thread closed with <c>message_taken</c>.
    /// </summary>
    Task<SettleOutcome> Settle(Guid post, PostResult result, CancellationToken cancellation);

    /// <summary>Writes the result of an edit, by its token alone.</summary>
    Task<WriteOutcome> SettleEdit(Guid token, EditResult result, CancellationToken cancellation);

    /// <summary>Appends evidence of a copy in Slack and wakes the group. The same post and <c>ts</c> again, or the copy that is named already: <see cref="WriteOutcome.Done"/>, no row. A post that is not there: <see cref="WriteOutcome.NotPossible"/>.</summary>
    Task<WriteOutcome> Observe(Guid post, string ts, string what, string seenBy, CancellationToken cancellation);

    /// <summary>A clean-up was carried out (<paramref name="dueAt"/> null) or has to be tried again.</summary>
    Task<WriteOutcome> SettleCleanup(Guid cleanup, DateTimeOffset? dueAt, CancellationToken cancellation);

    /// <summary>A verification read was made; the next one is due at the moment given (null: none).</summary>
    Task<WriteOutcome> SettleVerification(Guid post, DateTimeOffset? nextAt, CancellationToken cancellation);

    /// <summary>
    /// Writes what a try to make a callback came to, by compare-and-set on the tries made before it, without epoch: of two
    /// owners that tried at the same time the first to write decides, and the other gets <see cref="WriteOutcome.NotPossible"/>,
    /// as after a result that was written already. A result of before a replay never hits the row of after it: tries only grow.
    /// </summary>
    Task<WriteOutcome> SettleCallback(Guid callback, int attempts, CallbackResult result, CancellationToken cancellation);

    // ---- Reads ----------------------------------------------------------------------------------------------------

    /// <summary>
    /// An idempotency key that stands there and has not expired; null: the id is free. For requests that store nothing: what
    /// is stored asks for its keys inside the commit.
    /// </summary>
    Task<KnownKey?> FindKey(string organization, string kind, string id, CancellationToken cancellation);

    /// <summary>A group with its threads that are not closed; null when it was never announced.</summary>
    Task<GroupSnapshot?> LoadGroup(string organization, string group, CancellationToken cancellation);

    /// <summary>Everything that the next step of a thread depends on, read in one transaction; null when there is no such thread.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="members">How many pending deliveries to bring at most, from the head on.</param>
    /// <param name="cancellation">Gives up the read.</param>
    Task<ThreadWork?> ReadThread(Guid thread, int members, CancellationToken cancellation);

    /// <summary>The threads of a group in which anything is due at or before the moment given, or at any time (null).</summary>
    Task<IReadOnlyList<Guid>> ThreadsWithWork(Guid group, DateTimeOffset? dueBy, CancellationToken cancellation);

    /// <summary>
    /// The group's next callback: of those that have not ended the one with the lowest sequence, whether it is due or not; what
    /// stands behind it waits, so that the tracker is told in order. A dead one is skipped. Null: none waits.
    /// </summary>
    Task<CallbackHead?> ReadCallback(Guid group, CancellationToken cancellation);

    /// <summary>A post by its id, after its claim's or result's outcome was unknown.</summary>
    Task<PostRow?> ReadPost(Guid post, CancellationToken cancellation);

    /// <summary>Groups whose <c>wake_at</c> has passed, oldest first; see <see cref="DueQuery"/>.</summary>
    Task<IReadOnlyList<GroupName>> DueGroups(DueQuery query, CancellationToken cancellation);

    /// <summary>The group of which the message is a root, by its place or by the post (a root in flight in that channel) that its marker names.</summary>
    Task<GroupName?> FindGroupOfMessage(string workspace, string channel, string ts, Guid? post, CancellationToken cancellation);

    /// <summary>Where a post belongs and what has become of it; null: there is none of that id, or it is in history.</summary>
    Task<PostPlace?> FindPost(Guid post, CancellationToken cancellation);

    /// <summary>Groups with a parked thread in a workspace, or in one channel of it, in order of organization and name, after the one given.</summary>
    Task<IReadOnlyList<GroupName>> ParkedGroups(string workspace, string? channel, GroupName? after, int limit, CancellationToken cancellation);

    /// <summary>Groups that have a thread in a channel, open or with a root, in order of organization and name, after the one given.</summary>
    Task<IReadOnlyList<GroupName>> GroupsInChannel(string workspace, string channel, GroupName? after, int limit, CancellationToken cancellation);

    /// <summary>The channels of a workspace in which an organization has threads that are not closed, in order of their ids, after the one given.</summary>
    Task<IReadOnlyList<ChannelReport>> ReportChannels(string organization, string workspace, string? after, int limit, CancellationToken cancellation);

    /// <summary>A group with all its threads, for people.</summary>
    Task<GroupReport?> ReportGroup(string organization, string group, CancellationToken cancellation);

    /// <summary>Deliveries and callbacks of an organization in order of their making (history included), after the cursor.</summary>
    Task<IReadOnlyList<DeliveryReport>> ReportDeliveries(DeliveryQuery query, CancellationToken cancellation);

    /// <summary>
    /// Counts and oldest moments of what has not ended and of what is dead. Its cost grows with just these, not with what
    /// was ever sent; ask every few seconds at most.
    /// </summary>
    /// <param name="organization">The tenant; null: all of them.</param>
    /// <param name="cancellation">Gives up the read.</param>
    Task<LedgerTotals> Totals(string? organization, CancellationToken cancellation);

    /// <summary>Threads whose counters do not add up to what was made (P9). Empty: all is well.</summary>
    Task<IReadOnlyList<ConservationError>> CheckConservation(CancellationToken cancellation);

    /// <summary>
    /// As <see cref="CheckConservation(CancellationToken)"/>, of the threads that have anything unfinished or to which anything
    /// happened since the moment given, in the groups of one share of the buckets (bucket % shares = share). Its cost grows with
    /// just these.
    /// </summary>
    Task<IReadOnlyList<ConservationError>> CheckConservation(DateTimeOffset since, int share, int shares, CancellationToken cancellation);

    // ---- After a restore --------------------------------------------------------------------------------------------

    /// <summary>
    /// Tells the ledger that it was restored from a backup, before anything is sent from it. What has not ended may have been
    /// posted since the backup, under ids that the ledger does not know; so all of it is read back first. In one transaction:
    /// every post in flight is in doubt, with its looks begun anew, due as soon as its bytes are dead; every other delivery
    /// that is pending, or dead in a thread that is not closed, gets a post to be looked for (<see cref="DeliveryRow.DoubtPost"/>,
    /// as one that died out of doubt) unless it has one; these posts are <see cref="PostRow.Restored"/>. Positions stay, and
    /// nothing becomes late. Every parent of ours that can be edited is to be edited. Again: nothing is lost, looks begin anew.
    /// Nobody else may write meanwhile.
    /// </summary>
    Task<RestoreOutcome> BeginRestored(CancellationToken cancellation);

    // ---- Housekeeping -----------------------------------------------------------------------------------------------

    /// <summary>Moves finished rows older than the moment given to history and drops expired keys, at most so many rows, in short transactions. Nothing unfinished is ever moved, nor what is dead, nor a post with evidence, a verification or a clean-up open, nor what shares a post with such. Groups and threads stay.</summary>
    /// <returns>How many rows were moved or dropped; 0: nothing is left to do.</returns>
    Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation);
}
