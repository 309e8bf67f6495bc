using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// Slack as a thread's drivers see it: the calls of one workspace, its token already chosen. A boundary, so that the
/// simulation can stand on the other side.
/// </summary>
internal interface IThreadSlack
{
    /// <summary>The limits of the window that the driver opens before each claim.</summary>
    SendWindow OpenWindow();

    Task<PostOutcome> PostRoot(RootMessage message, SendWindow window, CancellationToken cancellation);

    Task<PostOutcome> PostReply(ReplyMessage message, SendWindow window, CancellationToken cancellation);

    Task<CallOutcome<UpdatedMessage>> Update(MessageUpdate update, SendWindow window, CancellationToken cancellation);

    Task<CallOutcome<DeletedMessage>> Delete(string channel, ThreadGrains.Slack.SlackTs ts, CancellationToken cancellation);

    Task<CallOutcome<MessagePage>> Replies(string channel, ThreadGrains.Slack.SlackTs parent, ThreadGrains.Slack.SlackTs? oldest, string? cursor, CancellationToken cancellation);

    Task<CallOutcome<MessagePage>> History(string channel, ThreadGrains.Slack.SlackTs? oldest, ThreadGrains.Slack.SlackTs? latest, bool inclusive, string? cursor, CancellationToken cancellation);

    Task<CallOutcome<SlackChannel>> Join(string channel, CancellationToken cancellation);

    /// <summary>Whether a message was written by our own app: anybody can forge a marker. Null: Slack does not tell who we are right now.</summary>
    Task<Func<ReadMessage, bool>?> RecognizeOwn(CancellationToken cancellation);
}

/// <summary>The lanes as a thread's drivers see them. A boundary: in the product these are grains shared by all silos.</summary>
internal interface ILanes
{
    Task<Channels.PermitAnswer> ForPost(Guid thread);

    /// <summary>One read. Where there is little to read with, the rank decides whose comes first.</summary>
    Task<Channels.PermitAnswer> ForRead(Guid thread, Workspaces.ReadRank rank);

    Task<Channels.PermitAnswer> ForEdit(Guid thread);

    /// <summary>What became of the thread's post that had a permit.</summary>
    Task Report(Guid thread, LaneReport report);

    /// <summary>Slack refused an edit with an error of the channel; null: it takes edits there again.</summary>
    Task ChannelSaid(string? error);

    /// <summary>Slack limited a read or an edit.</summary>
    Task Throttled(bool edit, TimeSpan? retryAfter);
}
