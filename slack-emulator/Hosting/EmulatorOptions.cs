using System.Globalization;
using System.Text.RegularExpressions;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Hosting;

/// <summary>How the emulator was started. The command line wins over the environment; secrets belong into the environment.</summary>
internal sealed record EmulatorOptions
{
    private static readonly (string Option, string Variable)[] Names =
    [
        ("port", "EMULATOR_PORT"), ("bind", "EMULATOR_BIND"), ("data", "EMULATOR_DATA"), ("request-url", "EMULATOR_REQUEST_URL"),
        ("signing-secret", "SLACK_SIGNING_SECRET"), ("bot-token", "SLACK_BOT_TOKEN"), ("app-id", "SLACK_APP_ID"), ("app-name", "SLACK_APP_NAME"),
        ("events", "EMULATOR_EVENTS"), ("team", "SLACK_WORKSPACE"), ("channel", "SLACK_CHANNEL"), ("user", "SLACK_USER"),
        ("launcher", "EMULATOR_LAUNCHER"),
    ];

    /// <summary>TCP port; 0 lets the system choose. Default 8090.</summary>
    public int Port { get; init; } = 8090;

    /// <summary>The address to listen on. Default 127.0.0.1: nobody but this machine.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>Folder of the durable log. Default <c>data/emulator</c>.</summary>
    public string Data { get; init; } = Path.Combine("data", "emulator");

    /// <summary>Base address to which clicks go; null until <c>PUT /emulator/app</c> sets one.</summary>
    public Uri? RequestUrl { get; init; }

    /// <summary>Whether the app is told of what happens (<c>on</c>, the default, or <c>off</c>); <c>PUT /emulator/app</c> changes it.</summary>
    public bool Events { get; init; } = true;

    /// <summary>Signs what is sent out. Required: without it no receiver could tell us from anybody else.</summary>
    public required string SigningSecret { get; init; }

    public string AppId { get; init; } = "A0EMULATOR";

    public string AppName { get; init; } = "ThreadGrains";

    public string Team { get; init; } = "T0EMULATOR";

    /// <summary>The bot token of <see cref="Team"/>; other workspaces derive theirs from their id.</summary>
    public string BotToken { get; init; } = SlackIds.BotToken("T0EMULATOR");

    public string Channel { get; init; } = WorkspaceSeed.ChannelId("T0EMULATOR", "alerts");

    /// <summary>The number of the process that starts the emulator and wants it to end with itself; null: nobody does.</summary>
    public int? Launcher { get; init; }

    public string User { get; init; } = SlackIds.Derive("U", "robin of T0EMULATOR");

    /// <summary>The token of the time before signatures, which everything that Slack sends still carries.</summary>
    public string VerificationToken => Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("verification token of " + AppId)))[..24];

    /// <exception cref="FormatException">An option is unknown, has no value, or a value that cannot be used. The message says what to mend.</exception>
    public static EmulatorOptions Read(string[] arguments)
    {
        foreach (var argument in arguments.Where(static (_, i) => i % 2 == 0))
        {
            var name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : "";
            if (!Names.Any(known => known.Option == name))
                throw new FormatException($"unknown option {argument}; known are {string.Join(", ", Names.Select(static known => "--" + known.Option))}");
        }
        if (arguments.Length % 2 != 0) throw new FormatException($"option {arguments[^1]} needs a value");

        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddCommandLine(arguments, Names.ToDictionary(static known => "--" + known.Option, static known => known.Variable))
            .Build();
        string? Value(string option) =>
            configuration[Names.First(known => known.Option == option).Variable] is { Length: > 0 } value ? value : null;

        var secret = Value("signing-secret");
        if (string.IsNullOrWhiteSpace(secret)) throw new FormatException("no signing secret: set SLACK_SIGNING_SECRET");
        var team = Matching(SlackIds.Team, "team", Value("team") ?? "T0EMULATOR");
        return new EmulatorOptions
        {
            SigningSecret = secret,
            Port = PortOf(Value("port") ?? "8090"),
            Bind = Value("bind") ?? "127.0.0.1",
            Data = Value("data") ?? Path.Combine("data", "emulator"),
            RequestUrl = Value("request-url") is { } url ? Address(url) : null,
            Events = (Value("events") ?? "on") switch
            {
                "on" => true,
                "off" => false,
                var other => throw new FormatException($"'{other}' is neither on nor off"),
            },
            AppId = Value("app-id") ?? "A0EMULATOR",
            AppName = Value("app-name") ?? "ThreadGrains",
            Team = team,
            BotToken = Value("bot-token") ?? SlackIds.BotToken(team),
            Channel = Matching(SlackIds.Channel, "channel", Value("channel") ?? WorkspaceSeed.ChannelId(team, "alerts")),
            Launcher = Value("launcher") is { } launcher ? ProcessOf(launcher) : null,
            User = Matching(SlackIds.Person, "user", Value("user") ?? SlackIds.Derive("U", "robin of " + team)),
        };
    }

    /// <exception cref="FormatException">Not an absolute http or https address.</exception>
    public static Uri Address(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new FormatException($"'{url}' is not an http(s) address");

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new FormatException($"'{text}' is not a port");

    private static int ProcessOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : throw new FormatException($"'{text}' is not the number of a process");

    private static string Matching(Regex form, string option, string value) =>
        form.IsMatch(value) ? value : throw new FormatException($"'{value}' is not an id for --{option}; it must match {form}");
}
