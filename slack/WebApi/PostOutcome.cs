namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// What a post to Slack came to, by the only question that matters afterwards: is it there?
/// Reasons, errors and evidence are short codes without secrets, fit for a ledger row and a metric.
/// </summary>
public abstract record PostOutcome
{
    private PostOutcome()
    {
    }

    /// <summary>Slack's id of the exchange (<c>x-slack-req-id</c>), for Slack's support; null without an answer.</summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// It is in Slack. Whoever asked for a reply compares <paramref name="ThreadTs"/> with the thread asked for: with its
    /// parent gone, Slack says ok and posts to the channel instead.
    /// </summary>
    /// <param name="Ts">The new message.</param>
    /// <param name="Channel">Where it is, by Slack's own word: a user's id turns into a direct message's.</param>
    /// <param name="ThreadTs">The thread that it is in; null: none.</param>
    /// <param name="HasMessage">False: the answer did not show the message, so <paramref name="ThreadTs"/> says nothing; read the thread.</param>
    public sealed record Posted(SlackTs Ts, string Channel, SlackTs? ThreadTs, bool HasMessage) : PostOutcome
    {
        /// <summary>Slack's warnings, by comma ("message_truncated"); null: none.</summary>
        public string? Warning { get; init; }
    }

    /// <summary>
    /// Surely not posted: no byte of the request left. <c>window_closed</c>, <c>dns</c>, <c>refused</c>,
    /// <c>connect_timeout</c>, <c>connect</c>, <c>tls</c>, <c>proxy</c>, <c>cancelled</c>, <c>timeout</c>.
    /// </summary>
    public sealed record NotSent(string Reason) : PostOutcome;

    /// <summary>Surely not posted: Slack asks us to slow down.</summary>
    /// <param name="RetryAfter">What Slack demands, one hour at most; null: it gave no number, so wait 30 s and longer each time.</param>
    /// <param name="Error">Slack's code, or <c>http_429</c>.</param>
    public sealed record Limited(TimeSpan? RetryAfter, string Error) : PostOutcome
    {
        /// <summary>The limit is the whole workspace's, whichever channel met it.</summary>
        public bool IsWorkspaceWide => SlackErrors.ClassOf(Error) == ErrorClass.RetryLaterWorkspace;
    }

    /// <summary>Surely not posted, and the same post can succeed later.</summary>
    /// <param name="Error">Slack's code.</param>
    /// <param name="WorkspaceWide">It concerns the whole workspace; go slowly.</param>
    public sealed record RetryLater(string Error, bool WorkspaceWide) : PostOutcome;

    /// <summary>Surely not posted, and trying again as it is cannot help.</summary>
    public sealed record Refused(RefusalScope Scope, string Error) : PostOutcome
    {
        /// <summary>With <c>missing_scope</c>: what Slack says of it.</summary>
        public MissingScope? Missing { get; init; }
    }

    /// <summary>
    /// In doubt: it may be in Slack or not. <c>timeout</c>, <c>cancelled</c>, <c>reset</c>, <c>cut_off</c>, <c>too_large</c>,
    /// <c>broken:…</c>, <c>http_…</c>, <c>not_json</c>, <c>without_ok</c>, <c>without_ts</c>, or Slack's own code (<c>internal_error</c>).
    /// </summary>
    public sealed record Unknown(string Evidence) : PostOutcome
    {
        /// <summary>Status 200 without Slack's JSON: it was not Slack that answered.</summary>
        public bool IsNotFromSlack => Evidence is "not_json" or "without_ok";
    }

    /// <summary>
    /// In doubt: something answered that is not Slack (a wrong base address, a captive portal, a proxy). It says nothing about the
    /// message, which a proxy may have passed on.
    /// </summary>
    /// <param name="Status">The HTTP status, in digits.</param>
    public sealed record NotSlack(string Status) : PostOutcome;
}

/// <summary>What a refusal is about, and so what else will be refused.</summary>
public enum RefusalScope
{
    /// <summary>A code that we do not know. Slack says of its lists that they are not complete.</summary>
    Unknown = 0,

    /// <summary>This content, or the one thing that the call was about.</summary>
    Message,

    /// <summary>The metadata: the same message may go without (see <see cref="OutgoingMessage.OmitMetadata"/>).</summary>
    Metadata,

    /// <summary>The thread takes no replies.</summary>
    Thread,

    /// <summary>Nothing can be posted to the channel now.</summary>
    Channel,

    /// <summary>The installation's token or its rights.</summary>
    Workspace,

    /// <summary>The request itself was built wrongly: our bug.</summary>
    Request,
}
