using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>Slack for the threads of an organization in one workspace: the client with that workspace's token.</summary>
internal sealed class SlackPoster(
    string organization, string workspace, SlackClient slack, WorkspaceTokens tokens, SlackIdentities identities, TimeSpan window, int page, TimeProvider clock) : IThreadSlack
{
    /// <summary>The call ends with the ledger's window; the first byte leaves a tenth earlier, or never.</summary>
    private readonly SendWindowLimits _limits = new(window * 0.9, window);

    /// <summary>The installation was removed after the permit. Nothing is sent; the next permit says what is wrong.</summary>
    private const string NoToken = "no_token";

    private SlackToken? Token => tokens.Of(organization, workspace);

    public SendWindow OpenWindow() => SendWindow.Open(clock, _limits);

    public Task<PostOutcome> PostRoot(RootMessage message, SendWindow window, CancellationToken cancellation) =>
        Token is { } token ? slack.PostRoot(token, message, window, cancellation) : Task.FromResult<PostOutcome>(new PostOutcome.NotSent(NoToken));

    public Task<PostOutcome> PostReply(ReplyMessage message, SendWindow window, CancellationToken cancellation) =>
        Token is { } token ? slack.PostReply(token, message, window, cancellation) : Task.FromResult<PostOutcome>(new PostOutcome.NotSent(NoToken));

    public Task<CallOutcome<UpdatedMessage>> Update(MessageUpdate update, SendWindow window, CancellationToken cancellation) =>
        Call(token => slack.UpdateMessage(token, update, window, cancellation));

    public Task<CallOutcome<DeletedMessage>> Delete(string channel, SlackTs ts, CancellationToken cancellation) =>
        Call(token => slack.DeleteMessage(token, channel, ts, cancellation));

    public Task<CallOutcome<MessagePage>> Replies(string channel, SlackTs parent, SlackTs? oldest, string? cursor, CancellationToken cancellation) =>
        Call(token => slack.GetReplies(token, channel, parent, oldest, cursor, page, cancellation));

    public Task<CallOutcome<MessagePage>> History(string channel, SlackTs? oldest, SlackTs? latest, bool inclusive, string? cursor, CancellationToken cancellation) =>
        Call(token => slack.GetHistory(token, channel, oldest, latest, inclusive, cursor, page, cancellation));

    public Task<CallOutcome<SlackChannel>> Join(string channel, CancellationToken cancellation) =>
        Call(token => slack.JoinChannel(token, channel, cancellation));

    public async Task<Func<ReadMessage, bool>?> RecognizeOwn(CancellationToken cancellation) =>
        await identities.Of(workspace, Token, cancellation) is { } us
            ? message => (message.BotId is not null && message.BotId == us.BotId) || (message.User is not null && message.User == us.UserId)
            : null;

    private Task<CallOutcome<T>> Call<T>(Func<SlackToken, Task<CallOutcome<T>>> call) =>
        Token is { } token ? call(token) : Task.FromResult<CallOutcome<T>>(new CallOutcome<T>.RetryLater(NoToken, WorkspaceWide: false));
}
