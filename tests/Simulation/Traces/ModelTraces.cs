using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Traces;

/// <summary>
/// The shortest courses in which a model of the protocol (a breadth-first search over all interleavings of owners, ledger and
/// Slack) broke a promise with one rule left out, as far as they can happen here. The product has all rules, and must come through.
/// </summary>
internal static class ModelTraces
{
    private const string Claimed = "claim Claimed";
    private const string InDoubt = "settle Doubt Settled";
    /// <summary>Told as the first byte leaves, and again as the answer comes: the second post's leaving is the third time.</summary>
    private const string Leaves = "chat.postMessage";

    private const string LateResult = "settle Sent Observed";

    public static IReadOnlyList<Trace> All { get; } =
    [
        new("no_claim, found_sending_to_pending", "A silo is killed while a reply is on its way; the next owner must not send what may still arrive.")
        {
            Faults = [(Io.Post, 2, Fault.Late)],
            Cues = [new("chat.postMessage Late", 1, stage => stage.Kill())],
            ComesTo = ["doubt Begin Done"],
        },
        new("claim_without_epoch, two_in_flight", "The directory makes a second owner while the first one lives and posts.")
        {
            Cues = [new("commit turn Taken", 2, stage => stage.SecondOwner()), new("claim Fenced", 1, stage => stage.Kill())],
            ComesTo = ["claim Fenced"],
        },
        new("no_deadline", "An owner is frozen between claim and post until another has taken over.")
        {
            Cues = [new(Claimed, 2, stage => stage.Freeze(90))],
            ComesTo = ["doubt Begin Done", "settle TryAgain Superseded"],
        },
        new("monotonic_clock_only", "Its machine is paused there: the monotonic clock stands still.")
        {
            Cues = [new(Claimed, 2, stage => stage.Pause(90))],
            ComesTo = ["doubt Begin Done", "settle TryAgain Superseded"],
        },
        new("wall_clock_only", "It is frozen there, and its wall clock is set back by as much.")
        {
            Cues = [new(Claimed, 2, stage =>
            {
                stage.Freeze(90);
                stage.SetClock(-90);
            })],
            ComesTo = ["doubt Begin Done", "settle TryAgain Superseded"],
        },
        new("deadline_from_answer", "The answer to the claim is seen after a freeze of nearly the whole window.")
        {
            Cues = [new(Claimed, 2, stage => stage.Freeze(9.97))],
            ComesTo = ["settle TryAgain Settled"],
        },
        new("no_quarantine_one_read, no_quarantine, no_socket_bound", "A request is held up on its way and its caller gives up; it arrives seconds later, or long before a look.")
        {
            Faults = [(Io.Post, 2, Fault.Late)],
            ComesTo = [InDoubt, "doubt AbsentOnce Done", "settle Sent Settled"],
        },
        new("first_read_early, one_read, reads_without_gap", "What is stored is hidden from the first look, and shown to the second.")
        {
            Faults = [(Io.Post, 2, Fault.AnswerLost)],
            Cues = [new("arrives at Slack", 2, stage => stage.Later(0.001, () => stage.Hide(20)))],
            ComesTo = [InDoubt, "doubt AbsentOnce Done", "settle Sent Settled"],
        },
        new("retry_on_timeout", "A request is lost and nobody says so.")
        {
            Faults = [(Io.Post, 2, Fault.Lost)],
            ComesTo = [InDoubt, "doubt Absent Done"],
        },
        new("internal_error_is_failure", "Slack stores a reply and says internal_error.")
        {
            Faults = [(Io.Post, 2, Fault.InternalErrorDone)],
            ComesTo = [InDoubt],
        },
        new("result_by_delivery_id", "An owner wakes after its deadline and gives its claim back, while another's post of the same reply is in doubt.")
        {
            Faults = [(Io.Post, 2, Fault.Late)],
            Cues = [new(Claimed, 2, stage => stage.Freeze(60))],
            ComesTo = ["settle TryAgain Superseded", InDoubt],
        },
        new("verdict_by_delivery_id", "An owner is frozen just as its second look comes back, and concludes from it when another has concluded already.")
        {
            Faults = [(Io.Post, 2, Fault.Lost), (Io.Post, 3, Fault.Late)],
            Cues = [new("conversations.replies", 3, stage => stage.Freeze(60))],
            ComesTo = ["doubt Absent Fenced"],
        },
        new("forget_own_sending", "The answer to a claim is lost: what is then in flight under one's own epoch has to be found and given back.")
        {
            Faults = [.. Enumerable.Range(4, 6).Select(nth => (Io.LedgerWrite, nth, Fault.AnswerLost))],
            ComesTo = ["claim Unknown (AnswerLost)"],
        },
        new("order_by_due", "A reply is refused for now; the next one must wait with it.")
        {
            Faults = [(Io.Post, 2, Fault.Limited)],
            ComesTo = ["settle TryAgain Settled"],
        },
        new("accept_unfenced", "An owner's accept is on its way to the ledger for seconds, and meanwhile the directory makes another owner.")
        {
            Faults = [(Io.LedgerWrite, 4, Fault.Slow)],
            Cues = [new("accept", 3, stage => stage.SecondOwner())],
            ComesTo = ["commit turn Fenced (Slow)"],
        },
        new("receipt_before_commit, accept_without_unique_index", "The receipt of an accept is lost, and the sender sends the same again.")
        {
            Faults = [(Io.Call, 2, Fault.AnswerLost), (Io.Call, 3, Fault.Lost)],
            ComesTo = ["the sender waits no longer"],
        },
        new("result_refused_forgotten, evidence_ignored_at_sent, recovery_skips_live_owner, two_rules_of_repair", "An owner is frozen at the socket; another sends the reply again; then the first one wakes, sends, and brings its result.")
        {
            Faults = [(Io.Post, 2, Fault.FrozenAtSocket)],
            ComesTo = [LateResult],
        },
        new("evidence_of_other_attempt_settles", "The same, and the second attempt is in doubt when the result of the first one comes.")
        {
            Faults = [(Io.Post, 2, Fault.FrozenAtSocket), (Io.Post, 3, Fault.Late)],
            ComesTo = [LateResult, InDoubt],
        },
        new("no_slack_events", "The same, and nobody reads the answer: only Slack itself tells of the second copy.")
        {
            Faults = [(Io.Post, 2, Fault.FrozenAtSocket)],
            Cues = [new("chat.postMessage FrozenAtSocket", 1, stage => stage.Kill())],
            SlackTells = true,
            ComesTo = ["event: post seen", "settle clean-up Done"],
        },
        new("root_keeps_lowest", "The same with an announcement: replies hang under the copy that the ledger names, wherever it stands.")
        {
            Faults = [(Io.Post, 1, Fault.FrozenAtSocket)],
            ComesTo = [LateResult],
        },
        new("parent_not_first", "Replies wait for an announcement whose answer is lost.")
        {
            Faults = [(Io.Post, 1, Fault.AnswerLost)],
            ComesTo = [InDoubt],
        },
        new("dead_parent_is_skipped", "Slack refuses the announcement for good; an operator replays it.")
        {
            Faults = [(Io.Post, 1, Fault.Poison)],
            Cues = [new("settle Dead Settled", 1, stage => stage.Later(30, stage.Replay))],
            ComesTo = ["settle Dead Settled", "replay"],
        },
        new("no_landing_check", "A person deletes the parent while a reply is on its way: Slack puts it into the channel and says ok.")
        {
            Cues = [new(Leaves, 3, stage => stage.DeleteParent())],
            ComesTo = ["settle Orphaned Settled", "settle clean-up Done"],
        },
        new("no_look_at_top_level", "The same, and the answer is lost: it has to be looked for in the channel.")
        {
            Faults = [(Io.Post, 2, Fault.AnswerLost)],
            Cues = [new("chat.postMessage AnswerLost", 1, stage => stage.DeleteParent())],
            ComesTo = [InDoubt, "settle Orphaned Settled", "settle clean-up Done"],
        },
        new("close_before_delete", "The same, and the silo dies between what it writes about the orphan and its clean-up.")
        {
            Cues = [new(Leaves, 3, stage => stage.DeleteParent()), new("settle Orphaned Settled", 1, stage => stage.Kill())],
            ComesTo = ["settle Orphaned Settled", "settle clean-up Done"],
        },
        new("index_on_delivery_rows, digest_members_not_claimed", "A thread far behind gets a digest, whose answer is lost with its silo.")
        {
            Activities = 16,
            Faults = [(Io.Post, 2, Fault.Limited), (Io.Post, 3, Fault.AnswerLost)],
            Cues = [new("chat.postMessage AnswerLost", 1, stage => stage.Kill())],
            ComesTo = ["claim of a Digest", "doubt Begin Done"],
        },
        new("digest_recomposed", "A digest is frozen at the socket: it goes again in the same company, and the copy that comes late is one of all of it.")
        {
            Activities = 16,
            Faults = [(Io.Post, 2, Fault.Limited), (Io.Post, 3, Fault.FrozenAtSocket)],
            ComesTo = ["claim of a Digest", LateResult],
        },
        new("company_lifted_by_refusal, digest_settled_by_first", "The same, and the second attempt is refused for now.")
        {
            Activities = 16,
            Faults = [(Io.Post, 2, Fault.Limited), (Io.Post, 3, Fault.FrozenAtSocket), (Io.Post, 4, Fault.Limited)],
            ComesTo = ["claim of a Digest", LateResult],
        },
        new("replay_in_place", "A dead reply is replayed while the next one is in flight.")
        {
            Faults = [(Io.Post, 2, Fault.Poison), (Io.Post, 3, Fault.Slow)],
            Cues = [new(Claimed, 3, stage => stage.Replay())],
            ComesTo = ["settle Dead Settled", "replay"],
        },
        new("replay_of_a_doubt_sends", "An operator gives up on a doubt and replays it, while the first try may still arrive.")
        {
            Faults = [(Io.Post, 2, Fault.Late)],
            Cues = [new(InDoubt, 1, stage => stage.GiveUp()), new("doubt GiveUp Done", 1, stage => stage.Later(0.5, stage.Replay))],
            ComesTo = ["doubt GiveUp Done", "doubt Reopen Done"],
        },
        new("dead_evidence_ignored", "The thread is closed while a reply is in doubt with another owner, and then the first one brings its result.")
        {
            Faults = [(Io.Post, 2, Fault.FrozenAtSocket)],
            Cues = [new("doubt Begin Done", 1, stage => stage.Close())],
            ComesTo = ["close thread Done", LateResult],
        },
    ];
}
