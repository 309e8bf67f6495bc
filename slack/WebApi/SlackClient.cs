using System.Text.Json;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// Slack's Web API. Every call ends in a value that says what its caller must know; nothing is tried twice in here.
/// Giving up is an outcome too: a cancelled call ends as one that was never sent, or as one in doubt.
/// One instance serves all workspaces of a process.
/// </summary>
public sealed class SlackClient : IDisposable
{
    // Slack: 250 KB for a view.
    private const int MaxViewCharacters = 250_000;

    private readonly SlackTransport _transport;
    private readonly SlackClientOptions _options;
    private readonly HeldBackCalls _heldBack;

    /// <summary>Opens no connection yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SlackClient(SlackClientOptions options, TimeProvider clock)
    {
        _options = options;
        _transport = new SlackTransport(options, clock);
        _heldBack = new HeldBackCalls(clock);
    }

    /// <summary>
    /// Calls go through a forward proxy. Then bytes of a call that was given up may still arrive, and doubt must wait longer.
    /// </summary>
    public bool GoesThroughProxy => _transport.GoesThroughProxy;

    /// <summary>chat.postMessage, to the channel itself.</summary>
    public async Task<PostOutcome> PostRoot(SlackToken token, RootMessage message, SendWindow window, CancellationToken cancellation) =>
        await Post(token, message, window, cancellation);

    /// <summary>chat.postMessage, into a thread. Compare <see cref="PostOutcome.Posted.ThreadTs"/> with the thread asked for.</summary>
    public async Task<PostOutcome> PostReply(SlackToken token, ReplyMessage message, SendWindow window, CancellationToken cancellation) =>
        await Post(token, message, window, cancellation);

    /// <summary>chat.update.</summary>
    public async Task<CallOutcome<UpdatedMessage>> UpdateMessage(SlackToken token, MessageUpdate update, CancellationToken cancellation)
    {
        var exchange = await _transport.Call(token, "chat.update", Json(update.ToBytes()), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, root => UpdatedMessage.Read(root, update.Channel));
    }

    /// <summary>chat.update, claimed like a post: <c>window_closed</c> means that nothing was sent.</summary>
    public async Task<CallOutcome<UpdatedMessage>> UpdateMessage(SlackToken token, MessageUpdate update, SendWindow window, CancellationToken cancellation)
    {
        var exchange = await _transport.Call(token, "chat.update", Json(update.ToBytes(), window), window.CallTimeLeft, cancellation);
        return PostOutcomes.Classify(exchange, root => UpdatedMessage.Read(root, update.Channel));
    }

    /// <summary>chat.delete. A message that is gone already counts as deleted.</summary>
    public async Task<CallOutcome<DeletedMessage>> DeleteMessage(SlackToken token, string channel, SlackTs ts, CancellationToken cancellation)
    {
        SlackIds.Check(channel, nameof(channel));
        var body = SlackJson.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("channel", channel);
            json.WriteString("ts", Valid(ts, nameof(ts)));
            json.WriteEndObject();
        });
        var exchange = await Call(token, "chat.delete", Json(body), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, _ => new DeletedMessage(channel, ts, WasThere: true)) switch
        {
            CallOutcome<DeletedMessage>.Refused { Error: "message_not_found" } =>
                new CallOutcome<DeletedMessage>.Ok(new DeletedMessage(channel, ts, WasThere: false), ((Exchange.Answered)exchange).Headers),
            var outcome => outcome,
        };
    }

    /// <summary>chat.postEphemeral. Not to be repeated in doubt: it cannot be read back.</summary>
    public async Task<CallOutcome<SentEphemeral>> PostEphemeral(SlackToken token, EphemeralMessage message, CancellationToken cancellation)
    {
        var exchange = await Call(token, "chat.postEphemeral", Json(message.ToBytes()), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, root => new SentEphemeral(root.TextOrNull("message_ts")));
    }

    /// <summary>chat.postMessage to a person. Not to be repeated in doubt: nobody reads a direct message back.</summary>
    public async Task<CallOutcome<SentDirect>> PostDirect(SlackToken token, DirectMessage message, CancellationToken cancellation)
    {
        var exchange = await Call(token, "chat.postMessage", Json(message.ToBytes()), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, root => new SentDirect(root.TextOrNull("channel")));
    }

    /// <summary>conversations.replies, with all metadata: the parent first (whatever <paramref name="oldest"/> says), then oldest first.</summary>
    /// <param name="token">The installation's token.</param>
    /// <param name="channel">The channel's id.</param>
    /// <param name="parentTs">The thread's parent, never a reply.</param>
    /// <param name="oldest">Only replies after this one; null: all.</param>
    /// <param name="cursor">From the former page; null: the first.</param>
    /// <param name="limit">Messages a page, 1 to 1,000.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CallOutcome<MessagePage>> GetReplies(
        SlackToken token, string channel, SlackTs parentTs, SlackTs? oldest, string? cursor, int limit, CancellationToken cancellation)
    {
        var form = new SlackForm()
            .Add("channel", SlackIds.Check(channel, nameof(channel)))
            .Add("ts", Valid(parentTs, nameof(parentTs)))
            .Add("oldest", oldest)
            .Add("limit", InRange(limit, 1000))
            .Add("include_all_metadata", true)
            .Add("cursor", cursor);
        return await ReadPage(token, "conversations.replies", form, cancellation);
    }

    /// <summary>conversations.history, with all metadata: newest first, no replies but broadcast ones.</summary>
    /// <param name="token">The installation's token.</param>
    /// <param name="channel">The channel's id.</param>
    /// <param name="oldest">Only messages after this one; null: all.</param>
    /// <param name="latest">Only messages before this one; null: until now.</param>
    /// <param name="inclusive">The messages at the two bounds as well.</param>
    /// <param name="cursor">From the former page; null: the first.</param>
    /// <param name="limit">Messages a page, 1 to 999.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CallOutcome<MessagePage>> GetHistory(
        SlackToken token, string channel, SlackTs? oldest, SlackTs? latest, bool inclusive, string? cursor, int limit, CancellationToken cancellation)
    {
        var form = new SlackForm()
            .Add("channel", SlackIds.Check(channel, nameof(channel)))
            .Add("oldest", oldest)
            .Add("latest", latest)
            .Add("inclusive", inclusive)
            .Add("limit", InRange(limit, 999))
            .Add("include_all_metadata", true)
            .Add("cursor", cursor);
        return await ReadPage(token, "conversations.history", form, cancellation);
    }

    /// <summary>conversations.info.</summary>
    public async Task<CallOutcome<SlackChannel>> GetChannel(SlackToken token, string channel, CancellationToken cancellation) =>
        await Read(token, "conversations.info", new SlackForm().Add("channel", SlackIds.Check(channel, nameof(channel))), SlackChannel.Read, cancellation);

    /// <summary>conversations.join: public channels only. Being in it already is fine.</summary>
    public async Task<CallOutcome<SlackChannel>> JoinChannel(SlackToken token, string channel, CancellationToken cancellation)
    {
        var form = new SlackForm().Add("channel", SlackIds.Check(channel, nameof(channel)));
        var exchange = await Call(token, "conversations.join", Form(form), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, SlackChannel.Read);
    }

    /// <summary>auth.test. The headers of the answer hold the token's scopes.</summary>
    public async Task<CallOutcome<SlackIdentity>> AuthTest(SlackToken token, CancellationToken cancellation) =>
        await Read(token, "auth.test", new SlackForm(), SlackIdentity.Read, cancellation);

    /// <summary>auth.test, with the headers and the moment of whatever answered.</summary>
    public async Task<FirstAnswer> Introduce(SlackToken token, CancellationToken cancellation)
    {
        var exchange = await Call(token, "auth.test", Form(new SlackForm()), _options.WriteTimeout, cancellation);
        var answered = exchange as Exchange.Answered;
        return new FirstAnswer(PostOutcomes.Classify(exchange, SlackIdentity.Read), answered?.Headers ?? SlackHeaders.None, answered?.At);
    }

    /// <summary>users.info.</summary>
    public async Task<CallOutcome<SlackUser>> GetUser(SlackToken token, string user, CancellationToken cancellation) =>
        await Read(token, "users.info", new SlackForm().Add("user", SlackIds.Check(user, nameof(user))), SlackUser.Read, cancellation);

    /// <summary>views.open. Not to be repeated in doubt: the trigger is used up.</summary>
    /// <param name="token">The installation's token.</param>
    /// <param name="trigger">From the interaction, at most 3 s old.</param>
    /// <param name="viewJson">The view, a JSON object of at most 250,000 characters.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CallOutcome<OpenedView>> OpenView(SlackToken token, TriggerId trigger, string viewJson, CancellationToken cancellation)
    {
        var body = SlackJson.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("trigger_id", trigger.Secret);
            WriteView(json, viewJson);
            json.WriteEndObject();
        });
        var exchange = await Call(token, "views.open", Json(body), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, OpenedView.Read);
    }

    /// <summary>views.update.</summary>
    /// <param name="token">The installation's token.</param>
    /// <param name="viewId">The open view.</param>
    /// <param name="viewJson">The view, a JSON object of at most 250,000 characters.</param>
    /// <param name="hash">The view's hash as last seen, so that a newer one is not overwritten; null: overwrite.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CallOutcome<OpenedView>> UpdateView(SlackToken token, string viewId, string viewJson, string? hash, CancellationToken cancellation)
    {
        var body = SlackJson.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("view_id", SlackIds.Check(viewId, nameof(viewId)));
            if (hash is not null)
            {
                json.WriteString("hash", hash);
            }

            WriteView(json, viewJson);
            json.WriteEndObject();
        });
        var exchange = await Call(token, "views.update", Json(body), _options.WriteTimeout, cancellation);
        return PostOutcomes.Classify(exchange, OpenedView.Read);
    }

    /// <summary>Closes all connections; calls in flight are given up.</summary>
    public void Dispose() => _transport.Dispose();

    private async Task<PostOutcome> Post(SlackToken token, OutgoingMessage message, SendWindow window, CancellationToken cancellation)
    {
        var exchange = await _transport.Call(token, "chat.postMessage", Json(message.ToBytes(), window), window.CallTimeLeft, cancellation);
        return PostOutcomes.Classify(exchange, message.Channel);
    }

    private async Task<CallOutcome<MessagePage>> ReadPage(SlackToken token, string method, SlackForm form, CancellationToken cancellation)
    {
        var exchange = await _transport.Call(token, method, Form(form), _options.ReadTimeout, cancellation);
        return PostOutcomes.Classify(exchange, MessagePage.Read);
    }

    private async Task<CallOutcome<T>> Read<T>(SlackToken token, string method, SlackForm form, Func<JsonElement, T?> read, CancellationToken cancellation)
        where T : class
    {
        var exchange = await Call(token, method, Form(form), _options.ReadTimeout, cancellation);
        return PostOutcomes.Classify(exchange, read);
    }

    /// <summary>A call that no lane paces: it is held back here for as long as Slack asks to.</summary>
    private Task<Exchange> Call(SlackToken token, string method, OnceContent content, TimeSpan timeout, CancellationToken cancellation) =>
        _heldBack.Call(token, method, () => _transport.Call(token, method, content, timeout, cancellation));

    // Without its charset Slack warns about JSON, with one about forms; and most reading methods ignore JSON bodies.
    private static OnceContent Json(ReadOnlyMemory<byte> body, SendWindow? window = null) => new(body, "application/json", "utf-8", window);

    private static OnceContent Form(SlackForm form) => new(form.ToBytes(), "application/x-www-form-urlencoded", charset: null, window: null);

    private static void WriteView(Utf8JsonWriter json, string viewJson)
    {
        if (viewJson.Length > MaxViewCharacters)
        {
            throw new ArgumentException($"view: {viewJson.Length} characters, the limit is {MaxViewCharacters}.", nameof(viewJson));
        }

        json.WritePropertyName("view");
        json.WriteRawValue(viewJson);
    }

    private static string Valid(SlackTs ts, string name) =>
        ts.IsValid ? ts.ToString() : throw new ArgumentException("The ts is the invalid default.", name);

    private static int InRange(int limit, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, max);
        return limit;
    }
}
