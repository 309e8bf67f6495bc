namespace ThreadGrains.SlackEmulator;

/// <summary>How the emulator is started. Secrets come from the environment, so that no process list shows them.</summary>
internal sealed record EmulatorOptions
{
    public int Port { get; init; } = 8090;

    /// <summary>Loopback unless asked otherwise: whoever reaches it may do everything.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    public string Data { get; init; } = "data/emulator";

    public string? RequestUrl { get; init; }

    public string SigningSecret { get; init; } = "emulator-signing-secret";

    public string BotToken { get; init; } = "xoxb-emulator-token";

    public string AppId { get; init; } = "A0EMULATOR";

    public string Team { get; init; } = "T0EMULATOR";

    public string Channel { get; init; } = "C0ALERTS01";

    public string User { get; init; } = "U0PERSON01";

    public static EmulatorOptions From(IConfiguration configuration) => new()
    {
        Port = configuration.GetValue("port", 8090),
        Bind = configuration["bind"] ?? "127.0.0.1",
        Data = configuration["data"] ?? "data/emulator",
        RequestUrl = configuration["request-url"],
        SigningSecret = configuration["signing-secret"] ?? configuration["SLACK_SIGNING_SECRET"] ?? "emulator-signing-secret",
        BotToken = configuration["bot-token"] ?? configuration["SLACK_BOT_TOKEN"] ?? "xoxb-emulator-token",
        AppId = configuration["app-id"] ?? configuration["SLACK_APP_ID"] ?? "A0EMULATOR",
        Team = configuration["team"] ?? configuration["SLACK_WORKSPACE"] ?? "T0EMULATOR",
        Channel = configuration["channel"] ?? configuration["SLACK_CHANNEL"] ?? "C0ALERTS01",
        User = configuration["user"] ?? configuration["SLACK_USER"] ?? "U0PERSON01",
    };
}
