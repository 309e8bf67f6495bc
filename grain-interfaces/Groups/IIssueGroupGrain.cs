using Orleans.Concurrency;

namespace ThreadGrains.Groups;

/// <summary>
/// One issue group; key <see cref="GroupKey"/>. It owns the group's parent notifications and serializes all posting into
/// their threads. Every method interleaves with posting: an accept waits for a commit, never for Slack.
/// </summary>
[Alias("threadgrains.IIssueGroupGrain"), GrainInterfaceType("threadgrains.IIssueGroupGrain")]
public interface IIssueGroupGrain : IGrainWithStringKey
{
    /// <summary>Takes an activity. Returns after the commit that holds it and its deliveries.</summary>
    [AlwaysInterleave, Alias("Accept")]
    Task<AcceptReceipt> Accept(Activity activity);

    /// <summary>Takes activities in the order given, in one turn. One receipt each, in the same order.</summary>
    [AlwaysInterleave, Alias("AcceptMany")]
    Task<IReadOnlyList<AcceptReceipt>> AcceptMany(IReadOnlyList<Activity> activities);

    /// <summary>Takes an alert. Returns after the commit that holds it and its deliveries.</summary>
    [AlwaysInterleave, Alias("Announce")]
    Task<AcceptReceipt> Announce(Alert alert);

    /// <summary>Makes a message that somebody else posted a parent notification of this group.</summary>
    [AlwaysInterleave, Alias("Adopt")]
    Task<AdoptionReceipt> Adopt(ParentAdoption adoption);

    /// <summary>Takes a verified click on a message of this group.</summary>
    [AlwaysInterleave, Alias("Click")]
    Task<ClickReceipt> Click(Click click);

    /// <summary>
    /// Slack was told that a click could not be taken in time. It may be applied all the same: whoever clicked is told, once it is
    /// known, what became of it. Returns at once.
    /// </summary>
    [AlwaysInterleave, Alias("FollowClick")]
    Task FollowClick(Click click);

    /// <summary>Closes a thread: what waits for it is cancelled, nothing more is posted into it.</summary>
    [AlwaysInterleave, Alias("CloseThread")]
    Task<OperatorReceipt> CloseThread(Guid thread);

    /// <summary>Opens a closed thread again: what comes from now on goes into it.</summary>
    [AlwaysInterleave, Alias("ReopenThread")]
    Task<OperatorReceipt> ReopenThread(Guid thread);

    /// <summary>Slack says that a message is gone; if it is a root of this group its thread is closed before a reply strays.</summary>
    [AlwaysInterleave, Alias("ParentDeleted")]
    Task<OperatorReceipt> ParentDeleted(ChannelAddress address, string ts);

    /// <summary>Slack gave a channel another id: the group's threads go on under that one.</summary>
    /// <param name="former">The channel under its old id.</param>
    /// <param name="channel">Its new id.</param>
    [AlwaysInterleave, Alias("ChannelMoved")]
    Task<OperatorReceipt> ChannelMoved(ChannelAddress former, string channel);

    /// <summary>Slack says that a post of ours stands in a channel: evidence that ends a doubt, or of a copy too many.</summary>
    [AlwaysInterleave, Alias("PostSeen")]
    Task<OperatorReceipt> PostSeen(Guid post, string ts);

    /// <summary>As <see cref="PostSeen"/>, and Slack says in which thread; its own <c>ts</c>: in none, but in the channel.</summary>
    [AlwaysInterleave, Alias("ReplySeen")]
    Task<OperatorReceipt> ReplySeen(Guid post, string ts, string threadTs);

    /// <summary>Sends dead deliveries again, at the end of their threads and marked late, in sequence order. One receipt each.</summary>
    [AlwaysInterleave, Alias("Replay")]
    Task<IReadOnlyList<OperatorReceipt>> Replay(IReadOnlyList<Guid> deliveries);

    /// <summary>Ends the doubt of a delivery by hand.</summary>
    /// <param name="delivery">The delivery that is in doubt.</param>
    /// <param name="verdict">How it ends.</param>
    /// <param name="slackTs">With <see cref="DoubtVerdict.Sent"/>: where it stands.</param>
    [AlwaysInterleave, Alias("ResolveDoubt")]
    Task<OperatorReceipt> ResolveDoubt(Guid delivery, DoubtVerdict verdict, string? slackTs);

    /// <summary>A hint that work is due. The ledger is the truth; a nudge too many does nothing.</summary>
    [AlwaysInterleave, Alias("Nudge")]
    Task Nudge();
}
