using System.Text.Json;
using ThreadGrains.Standalone.Launching;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>
/// The settings that the product runs with or would start with, from where it takes them itself: appsettings.json, the
/// environment, and what <c>./run</c> keeps in the data folder. Nothing is made or changed there, and no lock is asked for.
/// </summary>
/// <param name="SlackApi">Slack's Web API, as text: it may be malformed.</param>
/// <param name="SigningSecret">One or several, by comma; null: none.</param>
/// <param name="BotToken">The first workspace's token.</param>
/// <param name="Workspace">The first workspace.</param>
/// <param name="Channel">The channel for alerts that name none.</param>
/// <param name="AppId">Our app, where it is configured.</param>
/// <param name="ApiKey">The key for /v1.</param>
/// <param name="Organization">Its organization.</param>
/// <param name="Url">Where the product answers, or would.</param>
/// <param name="Runs">Somebody said that it runs: <c>./run</c> by its file, or the operator by configuring an address.</param>
/// <param name="PublicUrl">Our address as Slack sees it; null: none is known.</param>
/// <param name="Emulated">Slack is the emulator that <c>./run</c> starts.</param>
internal sealed record DoctorSettings(
    string SlackApi, string? SigningSecret, string? BotToken, string? Workspace, string? Channel, string? AppId,
    string? ApiKey, string Organization, Uri Url, bool Runs, string? PublicUrl, bool Emulated)
{
    private const string Slack = "ThreadGrains:Slack:";
    private const string Export = "export ";

    /// <summary>Configuration as the product would have it: for its own validators.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>Nothing of it: there are secrets inside.</summary>
    public override string ToString() => nameof(DoctorSettings);

    public static DoctorSettings Gather(DoctorOptions options, IConfiguration configured)
    {
        var running = Running(Path.Combine(options.Data, "local.env"));
        string? Given(string name) => NotBlank(configured[Slack + name]);
        // What runs here with the same token was told where Slack is, perhaps by a flag that this command was not given.
        string? where = Given("BotToken") is { } token && running.GetValueOrDefault("SLACK_BOT_TOKEN") == token ? running.GetValueOrDefault("SLACK_API_URL") : null;
        string? chosen = options.SlackApi?.AbsoluteUri ?? Given("ApiUrl") ?? where ?? (Given("BotToken") is null ? null : "https://slack.com/api/");

        // The emulator's settings are the folder's own; it stands in where no Slack was chosen.
        var own = chosen is null ? LocalSecretsOf(options.Data) : null;
        bool emulated = chosen is null && (running.GetValueOrDefault("EMULATOR_URL") is not null || (running.Count == 0 && own is not null));
        string api = chosen ?? running.GetValueOrDefault("SLACK_API_URL") ?? (emulated ? "http://127.0.0.1:5090/api/" : "https://slack.com/api/");
        bool sameSlack = running.GetValueOrDefault("SLACK_API_URL") is { } theirs && theirs.TrimEnd('/') == api.TrimEnd('/');
        string? Of(string name, string variable, string? emulators)
        {
            string? fromWhatRuns = sameSlack ? running.GetValueOrDefault(variable) : null;
            return emulated ? fromWhatRuns ?? emulators : Given(name) ?? fromWhatRuns;
        }

        string organization = NotBlank(configured["ThreadGrains:Organization"]) ?? running.GetValueOrDefault("THREADGRAINS_ORGANIZATION") ?? "local";
        var settings = new DoctorSettings(
            api,
            Of("SigningSecret", "SLACK_SIGNING_SECRET", own?.SigningSecret),
            Of("BotToken", "SLACK_BOT_TOKEN", own?.BotToken),
            Of("Workspace", "SLACK_WORKSPACE", own?.Workspace),
            Of("Channel", "SLACK_CHANNEL", own?.Channel),
            Of("AppId", "SLACK_APP_ID", own?.AppId),
            NotBlank(configured["ThreadGrains:ApiKey"]) ?? running.GetValueOrDefault("THREADGRAINS_API_KEY") ?? LocalSecretsOf(options.Data)?.ApiKey(organization),
            organization,
            Address(running.GetValueOrDefault("THREADGRAINS_URL") ?? configured["ASPNETCORE_URLS"] ?? configured["urls"]),
            Runs: running.ContainsKey("THREADGRAINS_URL") || NotBlank(configured["ASPNETCORE_URLS"]) is not null,
            PublicUrl: options.PublicUrl?.AbsoluteUri ?? NotBlank(configured["ThreadGrains:PublicUrl"]),
            emulated)
        {
            Configuration = configured,
        };
        return settings with { Configuration = settings.Over(configured) };
    }

    /// <summary>The further installations, as configured.</summary>
    public IEnumerable<(string Workspace, string BotToken)> Further => Configuration.GetSection(Slack + "Installations").GetChildren()
        .Select(further => (further["Workspace"] ?? "", further["BotToken"] ?? ""));

    private IConfiguration Over(IConfiguration configured) => new ConfigurationBuilder()
        .AddConfiguration(configured)
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            [Slack + "ApiUrl"] = SlackApi,
            [Slack + "SigningSecret"] = SigningSecret,
            [Slack + "BotToken"] = BotToken,
            [Slack + "Workspace"] = Workspace,
            [Slack + "Channel"] = Channel,
            [Slack + "AppId"] = AppId,
            ["ThreadGrains:ApiKey"] = ApiKey,
            ["ThreadGrains:Organization"] = Organization,
        }.Where(setting => setting.Value is not null))
        .Build();

    /// <summary>The first address of a list as Kestrel takes it; wildcards are this machine.</summary>
    private static Uri Address(string? urls)
    {
        string first = urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
        foreach (string wildcard in (string[])["//+", "//*", "//0.0.0.0", "//[::]"])
        {
            first = first.Replace(wildcard, "//127.0.0.1", StringComparison.Ordinal);
        }

        return Uri.TryCreate(first, UriKind.Absolute, out var address) ? address : new Uri($"http://127.0.0.1:{StandaloneHosting.DefaultPort}");
    }

    /// <summary>What <c>./run</c> wrote for shells; empty where nothing runs.</summary>
    private static Dictionary<string, string> Running(string file)
    {
        try
        {
            return File.ReadLines(file)
                .Select(line => (line.StartsWith(Export, StringComparison.Ordinal) ? line[Export.Length..] : line).Split('=', 2))
                .Where(pair => pair.Length == 2)
                .Select(pair => (Name: pair[0], Value: Unquoted(pair[1])))
                .Where(pair => pair.Value.Length > 0)
                .ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Unquoted(string value) =>
        value is ['\'', .., '\''] ? value[1..^1].Replace("'\\''", "'", StringComparison.Ordinal) : value;

    private static LocalSecrets? LocalSecretsOf(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalSecrets>(File.ReadAllText(Path.Combine(folder, "secrets.json")), JsonSerializerOptions.Web);
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string? NotBlank(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
