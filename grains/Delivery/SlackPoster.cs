using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>Slack for the threads of one workspace: the client with that workspace's token.</summary>
internal sealed class SlackPoster(
    string workspace, SlackClient slack, SlackInstallations installations, SlackIdentities identities, TimeSpan window, TimeProvider clock) : IThreadSlack
{
    /// <summary>Messages a page. Slack recommends at most 200.</summary>
    private const int PageSize = 200;

    /// <summary>The call ends with the ledger's window; the first byte leaves a tenth earlier, or never.</summary>
    private readonly SendWindowLimits _limits = new(window * 0.9, window);

    /// <summary>Permits are refused while no token is there, so a call without one is a bug.</summary>
    private SlackToken Token => installations.TokenOf(workspace) ?? throw new InvalidOperationException($"No installation in workspace {workspace}.");

    public SendWindow OpenWindow() => SendWindow.Open(clock, _limits);

    public Task<PostOutcome> PostRoot(RootMessage message, SendWindow window, CancellationToken cancellation) =>
        slack.PostRoot(Token, message, window, cancellation);

    public Task<PostOutcome> PostReply(ReplyMessage message, SendWindow window, CancellationToken cancellation) =>
        slack.PostReply(Token, message, window, cancellation);

    public Task<CallOutcome<UpdatedMessage>> Update(MessageUpdate update, SendWindow window, CancellationToken cancellation) =>
        slack.UpdateMessage(Token, update, window, cancellation);

    public Task<CallOutcome<DeletedMessage>> Delete(string channel, SlackTs ts, CancellationToken cancellation) =>
        slack.DeleteMessage(Token, channel, ts, cancellation);

    public Task<CallOutcome<MessagePage>> Replies(string channel, SlackTs parent, SlackTs? oldest, string? cursor, CancellationToken cancellation) =>
        slack.GetReplies(Token, channel, parent, oldest, cursor, PageSize, cancellation);

    public Task<CallOutcome<MessagePage>> History(string channel, SlackTs? oldest, SlackTs? latest, bool inclusive, string? cursor, CancellationToken cancellation) =>
        slack.GetHistory(Token, channel, oldest, latest, inclusive, cursor, PageSize, cancellation);

    public Task<CallOutcome<SlackChannel>> Join(string channel, CancellationToken cancellation) =>
        slack.JoinChannel(Token, channel, cancellation);

    public async Task<Func<ReadMessage, bool>?> RecognizeOwn(CancellationToken cancellation) =>
        await identities.Of(workspace, cancellation) is { } us
            ? message => (message.BotId is not null && message.BotId == us.BotId) || (message.User is not null && message.User == us.UserId)
            : null;
}
