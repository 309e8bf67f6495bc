using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>Why a call did not come to what was asked for, in one shape for posts and for other calls.</summary>
internal abstract record Trouble
{
    private Trouble()
    {
    }

    /// <summary>No byte reached Slack; <c>dns</c>, <c>refused</c> and so on, as <see cref="PostOutcome.NotSent"/> has them.</summary>
    public sealed record Unreached(string Reason) : Trouble;

    /// <summary>Slack asks us to slow down.</summary>
    public sealed record Limited(TimeSpan? Wait, string Code) : Trouble;

    /// <summary>Slack said no.</summary>
    public sealed record Refused(string Code) : Trouble;

    /// <summary>Slack is in trouble itself, or the answer broke off.</summary>
    public sealed record NoAnswer(string Evidence) : Trouble;

    /// <summary>Whatever answered is not Slack.</summary>
    public sealed record NotSlack(string What) : Trouble;

    private static readonly string[] Unreachable = ["window_closed", "dns", "refused", "connect_timeout", "connect", "tls", "proxy", "cancelled", "timeout"];

    /// <returns>Null: there is none.</returns>
    public static Trouble? Of(PostOutcome outcome) => outcome switch
    {
        PostOutcome.Posted => null,
        PostOutcome.NotSent not => new Unreached(not.Reason),
        PostOutcome.Limited limited => new Limited(limited.RetryAfter, limited.Error),
        PostOutcome.RetryLater later => new Refused(later.Error),
        PostOutcome.Refused refused => new Refused(refused.Error),
        PostOutcome.Unknown unknown => OfUnknown(unknown.Evidence),
        PostOutcome.NotSlack not => new NotSlack($"HTTP {not.Status}"),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {outcome.GetType().Name}"),
    };

    /// <returns>Null: there is none.</returns>
    public static Trouble? Of<T>(CallOutcome<T> outcome) => outcome switch
    {
        CallOutcome<T>.Ok => null,
        CallOutcome<T>.Limited limited => new Limited(limited.RetryAfter, limited.Error),
        CallOutcome<T>.RetryLater later => Unreachable.Contains(later.Error) ? new Unreached(later.Error) : new Refused(later.Error),
        CallOutcome<T>.Refused refused => new Refused(refused.Error),
        CallOutcome<T>.Unknown unknown => OfUnknown(unknown.Evidence),
        CallOutcome<T>.NotSlack not => new NotSlack($"HTTP {not.Status}"),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {outcome.GetType().Name}"),
    };

    private static Trouble OfUnknown(string evidence) => evidence is "not_json" or "without_ok" or "incomplete_answer"
        ? new NotSlack(evidence switch { "not_json" => "no JSON", "without_ok" => "JSON without ok", _ => "JSON without what the method promises" })
        : new NoAnswer(evidence);

    /// <summary>What was found and what to do, in the operator's words.</summary>
    /// <param name="api">Slack's Web API, as configured.</param>
    /// <param name="scope">The scope that the call needs, for <c>missing_scope</c>.</param>
    public (string Detail, string Mend) Explain(Uri api, string? scope = null) => this switch
    {
        Unreached unreached => OfTransport(unreached.Reason, api),
        Limited limited => (
            $"Slack asks us to slow down ({limited.Code}{(limited.Wait is { } wait ? $", for {wait.TotalSeconds:0} s" : "")})",
            $"Wait {(limited.Wait is { } asked ? $"{Math.Max(1, asked.TotalSeconds):0} s" : "a minute")} and run the doctor again. If it stays so, something else uses this app's token in this workspace."),
        NotSlack not => (
            $"something answers at {api} that is not Slack ({not.What})",
            "Set ThreadGrains__Slack__ApiUrl (or --slack-api) to https://slack.com/api/, with /api/ at its end. If it reads so, a proxy or a login page of your network answers in between: let slack.com through."),
        NoAnswer none => (
            $"no complete answer ({none.Evidence})",
            "Look at https://slack-status.com, and run the doctor again in a minute. If only this machine has it, a proxy cuts connections."),
        Refused refused => (refused.Code, OfCode(refused.Code, scope)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static (string, string) OfTransport(string reason, Uri api) => reason switch
    {
        "dns" => ($"the name {api.Host} has no address (DNS)", $"Correct the host in ThreadGrains__Slack__ApiUrl (or --slack-api), or this machine's DNS: getent hosts {api.Host}."),
        "refused" => (
            $"nothing listens at {api.Host}:{api.Port} (connection refused)",
            $"Correct ThreadGrains__Slack__ApiUrl (or --slack-api; Slack's own is https://slack.com/api/). If the emulator is meant, start it: ./run."),
        "tls" => (
            $"no trustworthy TLS with {api.Host}",
            "Something intercepts TLS, or this machine lacks current root certificates (Debian: apt-get install ca-certificates) or has the wrong date. Do not switch the check off."),
        "proxy" => ("the proxy refuses the connection", "Correct HTTPS_PROXY in the environment, or let the proxy pass slack.com:443."),
        _ => (
            $"no connection to {api.Host}:{api.Port} ({reason})",
            $"Let this machine make https connections to {api.Host}: a firewall drops them, or a proxy is needed (HTTPS_PROXY)."),
    };

    private static string OfCode(string code, string? scope) => code switch
    {
        "invalid_auth" or "not_authed" =>
            "Copy OAuth & Permissions, Bot User OAuth Token (xoxb-) of this workspace into the configuration again, whole. If it is right, the app may be limited to other network addresses: OAuth & Permissions, Restrict API Token Usage.",
        "token_revoked" or "account_inactive" =>
            "The app was removed from the workspace or its token revoked. Install it again (OAuth & Permissions, Install to Workspace), copy the new Bot User OAuth Token into the configuration, restart, and invite the bot to its channels again.",
        "token_expired" =>
            "Token rotation is on in the app, and cannot be turned off again: create the app anew from deploy/slack-manifest.yaml and use its token.",
        "not_allowed_token_type" => "Use the Bot User OAuth Token (xoxb-), not a user's or an app-level one.",
        "missing_scope" =>
            $"Add {(scope is null ? "the scope" : scope)} under OAuth & Permissions, Bot Token Scopes, then Reinstall to Workspace (a new scope needs that). deploy/slack-manifest.yaml has the whole list.",
        "channel_not_found" =>
            "Check the id: it stands at the end of View channel details. A private channel is not found until the app is invited there: /invite @ThreadGrains. The channel may also belong to another workspace than the token.",
        "not_in_channel" => "In that channel: /invite @ThreadGrains.",
        "is_archived" or "is_inactive" => "Unarchive the channel in Slack, or configure another one (ThreadGrains__Slack__Channel).",
        "restricted_action" or "restricted_action_read_only_channel" or "restricted_action_thread_only_channel" or "restricted_action_non_threadable_channel" =>
            "Let the app post and reply there (channel settings, Posting permissions), or configure another channel.",
        "org_login_required" or "team_added_to_org" => "Slack is moving this workspace into an organization: try again in some hours; the app may have to be installed again.",
        "message_limit_exceeded" => "The workspace is over its quota of messages: ask its owners, and run the doctor again later.",
        "accesslimited" or "app_access_restricted" or "team_access_not_granted" or "enterprise_is_restricted" => "A workspace or organization admin must approve the app, or allow this network.",
        "unknown_method" => "Whatever answers knows Slack's manner but not this method: set ThreadGrains__Slack__ApiUrl to https://slack.com/api/.",
        "thread_not_found" or "message_not_found" => "Run the doctor again; if it stays so, another app or a retention rule deletes messages in this channel: exempt it, or configure another channel.",
        _ => $"Look the code up among the errors on the method's page at docs.slack.dev, or ask the workspace's owners about {code}.",
    };
}
