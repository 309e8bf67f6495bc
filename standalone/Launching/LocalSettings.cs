using ThreadGrains.Connections;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// What the processes of one start are told: who they are, where Slack is, which secrets they use. Configuration comes
/// first (appsettings.json and environment, as threadgrains itself reads it), then what the data folder keeps.
/// </summary>
internal sealed class LocalSettings
{
    private static readonly string[] Required = ["SigningSecret", "BotToken", "Workspace"];

    /// <summary>Stands in for the signing secret where an app is too old to have one.</summary>
    private const string LegacyToken = "LegacyVerificationToken";

    private readonly LaunchOptions _options;
    private readonly LocalSecrets _secrets;
    private readonly EncryptionKey _key;
    private readonly IConfigurationSection _configured;

    /// <exception cref="StartRefusedException">A real Slack was asked for and its settings are missing.</exception>
    public LocalSettings(LaunchOptions options, LocalSecrets secrets, EncryptionKey key, IConfiguration configuration)
    {
        _options = options;
        _secrets = secrets;
        _key = key;
        _configured = configuration.GetSection("ThreadGrains");
        var free = LoopbackPorts.Choose(2);
        OrleansPorts = (configuration.GetValue("Orleans:Endpoints:SiloPort", free[0]), configuration.GetValue("Orleans:Endpoints:GatewayPort", free[1]));
        SlackApi = RealSlack(options, _configured);
        if (SlackApi is not null)
        {
            RequireSlackSettings();
        }
    }

    /// <summary>The Web API of a Slack that is not our emulator; null: the emulator's.</summary>
    public Uri? SlackApi { get; }

    public bool StartsThreadGrains => _options.Only is null or "threadgrains";

    public bool StartsEmulator => _options.Only is "emulator" || (_options.Only is null && SlackApi is null);

    /// <summary>Where ThreadGrains, or the first gateway of a cluster, is reached.</summary>
    public string Url => $"http://127.0.0.1:{_options.Port}";

    /// <summary>Ports of the silo and of its gateway for .NET callers; free ones unless configured, so that two folders can run side by side.</summary>
    public (int Silo, int Gateway) OrleansPorts { get; }

    public string EmulatorUrl => $"http://127.0.0.1:{_options.EmulatorPort}";

    public string Organization => _configured["Organization"] is { Length: > 0 } organization ? organization : "local";

    public string ApiKey => _configured["ApiKey"] is { Length: > 0 } key ? key : _secrets.ApiKey(Organization);

    /// <summary>The first workspace's team id.</summary>
    public string Workspace => Slack("Workspace", _secrets.Workspace);

    /// <summary>The channel for alerts that name none.</summary>
    public string Channel => Slack("Channel", _secrets.Channel);

    /// <summary>The password of a cluster's database. Drawn from the folder's secret, so that it is the same at every start.</summary>
    public string DatabasePassword => _secrets.DatabasePassword();

    /// <summary>The environment of threadgrains, beside what this process has itself.</summary>
    public Dictionary<string, string> ForThreadGrains() => new(ForEveryProcess().Concat(ForSilos()))
    {
        ["ASPNETCORE_URLS"] = Url,
        ["Orleans__Endpoints__SiloPort"] = $"{OrleansPorts.Silo}",
        ["Orleans__Endpoints__GatewayPort"] = $"{OrleansPorts.Gateway}",
        ["ThreadGrains__Data"] = Path.GetFullPath(_options.Data),
    };

    /// <summary>What only processes with a silo are told: the folder's encryption key, unless keys are configured.</summary>
    public Dictionary<string, string> ForSilos() => _configured.GetSection("Secrets:Keys").GetChildren().Any()
        ? []
        : new()
        {
            ["ThreadGrains__Secrets__Keys__0__Id"] = _key.Id,
            ["ThreadGrains__Secrets__Keys__0__Key"] = _key.Base64,
        };

    /// <summary>What every process of the product is told, whichever part of it it is.</summary>
    public Dictionary<string, string> ForEveryProcess()
    {
        var environment = new Dictionary<string, string>
        {
            [EndsWithItsLauncher.Variable] = $"{Environment.ProcessId}",
            ["ThreadGrains__Organization"] = Organization,
            ["ThreadGrains__ApiKey"] = ApiKey,
            ["ThreadGrains__Slack__ApiUrl"] = WebApi,
            ["ThreadGrains__Slack__BotToken"] = Slack("BotToken", _secrets.BotToken),
            ["ThreadGrains__Slack__Workspace"] = Workspace,
            ["ThreadGrains__Slack__Channel"] = Channel,
        };
        // Blank would count as a secret that is wrong; with the old token alone there is none.
        if (Slack("SigningSecret", _secrets.SigningSecret) is { Length: > 0 } secret)
        {
            environment["ThreadGrains__Slack__SigningSecret"] = secret;
        }

        if (SlackApi is null)
        {
            environment["ThreadGrains__Slack__AppId"] = _secrets.AppId;
        }

        return environment;
    }

    /// <summary>The environment of the emulator.</summary>
    public Dictionary<string, string> ForEmulator() => new()
    {
        ["EMULATOR_LAUNCHER"] = $"{Environment.ProcessId}",
        ["SLACK_SIGNING_SECRET"] = _secrets.SigningSecret,
        ["SLACK_BOT_TOKEN"] = _secrets.BotToken,
        ["SLACK_APP_ID"] = _secrets.AppId,
        ["SLACK_WORKSPACE"] = _secrets.Workspace,
        ["SLACK_CHANNEL"] = _secrets.Channel,
        ["SLACK_USER"] = _secrets.User,
    };

    /// <summary>What a shell needs to talk to what runs.</summary>
    /// <param name="lineup">What the processes that run add.</param>
    public IEnumerable<(string Name, string Value)> ForShells(IReadOnlyList<(string Name, string Value)> lineup) =>
    [
        ("THREADGRAINS_URL", Url),
        ("THREADGRAINS_API_KEY", ApiKey),
        ("THREADGRAINS_ORGANIZATION", Organization),
        .. lineup,
        ("EMULATOR_URL", SlackApi is null ? EmulatorUrl : ""),
        ("SLACK_API_URL", WebApi),
        ("SLACK_SIGNING_SECRET", Slack("SigningSecret", _secrets.SigningSecret)),
        ("SLACK_BOT_TOKEN", Slack("BotToken", _secrets.BotToken)),
        ("SLACK_APP_ID", Slack("AppId", _secrets.AppId)),
        ("SLACK_WORKSPACE", Workspace),
        ("SLACK_CHANNEL", Channel),
        ("SLACK_USER", SlackApi is null ? _secrets.User : ""),
    ];

    /// <summary>Slack's Web API with the slash at its end, as the Node SDK wants it.</summary>
    private string WebApi => (SlackApi?.ToString() ?? $"{EmulatorUrl}/api").TrimEnd('/') + "/";

    /// <summary>
    /// Asked for by flag or by setting; or a token is configured, and then it is for Slack itself. An emulator started
    /// alone is always an emulator.
    /// </summary>
    private static Uri? RealSlack(LaunchOptions options, IConfigurationSection configured) => options switch
    {
        { Only: "emulator" } => null,
        { SlackApi: { } asked } => asked,
        _ when configured["Slack:ApiUrl"] is { Length: > 0 } url => Uri.TryCreate(url, UriKind.Absolute, out var given)
            ? given
            : throw new StartRefusedException("ThreadGrains__Slack__ApiUrl must be an absolute address, such as https://slack.com/api/."),
        _ when configured["Slack:BotToken"] is { Length: > 0 } => new Uri("https://slack.com/api/"),
        _ => null,
    };

    private void RequireSlackSettings()
    {
        string[] missing = [.. Required
            .Where(name => string.IsNullOrEmpty(_configured[$"Slack:{name}"]) && !(name == "SigningSecret" && _configured[$"Slack:{LegacyToken}"] is { Length: > 0 }))
            .Select(name => $"ThreadGrains__Slack__{name}")];
        if (missing.Length > 0)
        {
            throw new StartRefusedException($"without the emulator, Slack's settings come from configuration; missing: {string.Join(", ", missing)}.");
        }
    }

    /// <summary>With the emulator always the folder's own, else what is configured.</summary>
    private string Slack(string name, string own) => SlackApi is null ? own : _configured[$"Slack:{name}"] ?? "";
}
