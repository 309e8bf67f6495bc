namespace ThreadGrains.Slack.Payloads;

/// <summary>A slash command. It knows no thread: Slack does not allow one there.</summary>
public sealed record SlashCommand
{
    private static readonly string[] Fields =
    [
        "token", "team_id", "enterprise_id", "channel_id", "user_id", "command", "text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id",
    ];

    private SlashCommand()
    {
    }

    /// <summary>With the slash.</summary>
    public required string Command { get; init; }

    /// <summary>What stood behind it.</summary>
    public required string Text { get; init; }

    /// <summary>Who typed it. The user name is no identity and not read.</summary>
    public required string UserId { get; init; }

    /// <summary>Where.</summary>
    public required string ChannelId { get; init; }

    /// <summary>The installation that it came through.</summary>
    public required PayloadWorkspace Workspace { get; init; }

    /// <summary>The app; absent in old deliveries.</summary>
    public string? ApiAppId { get; init; }

    /// <summary>Where it may be answered later.</summary>
    public ResponseUrl? ResponseUrl { get; init; }

    /// <summary>The right to open a view.</summary>
    public TriggerId? TriggerId { get; init; }

    /// <summary>Reads the form body as received.</summary>
    public static PayloadReadResult<SlashCommand> ReadForm(ReadOnlySpan<byte> formBody)
    {
        return FormBody.Parse(formBody) switch
        {
            PayloadReadResult<FormBody>.Malformed malformed => Malformed(malformed.Reason),
            PayloadReadResult<FormBody>.Read { Value: var form } => Read(form),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Only the command, not what stood behind it.</summary>
    public override string ToString() => $"{nameof(SlashCommand)} {Command}";

    private static PayloadReadResult<SlashCommand> Read(FormBody form)
    {
        if (Fields.Any(field => form.Count(field) > 1))
        {
            return Malformed("duplicate_field");
        }

        return (form.SingleOrNull("command"), form.SingleOrNull("user_id"), form.SingleOrNull("channel_id")) switch
        {
            (null, _, _) => Malformed("no_command"),
            (_, null, _) => Malformed("no_user"),
            (_, _, null) => Malformed("no_channel"),
            var (command, user, channel) => new PayloadReadResult<SlashCommand>.Read(new SlashCommand
            {
                Command = command,
                Text = form.Single("text") ?? "",
                UserId = user,
                ChannelId = channel,
                // A string here, a boolean in every other payload.
                Workspace = new PayloadWorkspace(form.SingleOrNull("team_id"), form.SingleOrNull("enterprise_id"), form.Single("is_enterprise_install") == "true"),
                ApiAppId = form.SingleOrNull("api_app_id"),
                ResponseUrl = form.SingleOrNull("response_url") is { } url ? new ResponseUrl(url) : null,
                TriggerId = form.SingleOrNull("trigger_id") is { } trigger && !string.IsNullOrWhiteSpace(trigger) ? new TriggerId(trigger) : null,
            }),
        };
    }

    private static PayloadReadResult<SlashCommand> Malformed(string reason) => new PayloadReadResult<SlashCommand>.Malformed(reason);
}
