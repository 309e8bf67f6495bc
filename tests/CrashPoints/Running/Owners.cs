using ThreadGrains.Silo;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>The processes of one run that own its group one after the other, on one ledger. One kill switch serves all of them.</summary>
internal sealed class Owners : IAsyncDisposable
{
    public const string Key = "tg_local_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private readonly CrashCase _crash;
    private readonly string _folder;
    private readonly EmulatedSlack _slack;
    private readonly string? _database;
    private readonly List<(RunningProgram Program, Dictionary<string, string> Settings)> _running = [];

    private Owners(CrashCase crash, string folder, EmulatedSlack slack, string? database) =>
        (_crash, _folder, _slack, _database) = (crash, folder, slack, database);

    /// <summary>The addresses of those that live.</summary>
    public IReadOnlyList<Uri> Addresses => [.. _running.Where(owner => !owner.Program.HasExited).Select(owner => AddressOf(owner.Settings))];

    /// <summary>What they printed, for a run that went wrong.</summary>
    public string Output => string.Join('\n', _running.Select(owner => owner.Program.Output));

    private string Mark => Path.Combine(_folder, "reached");

    public static async Task<Owners> Start(CrashCase crash, string folder, EmulatedSlack slack)
    {
        var owners = new Owners(crash, folder, slack, crash.Next is NextOwner.SameOnSqlite ? null : await TestServer.CreateDatabase());
        for (int n = crash.Next is NextOwner.OtherOnPostgreSql ? 2 : 1; n > 0; n--)
        {
            owners.StartOne(owners.NewSettings());
        }

        return owners;
    }

    /// <summary>Waits until the crash has happened, and has somebody go on who is ready.</summary>
    /// <exception cref="NotInTimeException">It never happened, or it hit something else.</exception>
    public async Task OutliveTheCrash(TimeSpan patience)
    {
        await Wait.Until($"{_crash.Point} is reached", patience, () => Task.FromResult(File.Exists(Mark)));
        if (!_crash.Point.Kills)
        {
            return;
        }

        await Wait.Until("the process is dead", patience, () => Task.FromResult(_running.Exists(owner => owner.Program.WasKilled)));
        if (_crash.Next is not NextOwner.OtherOnPostgreSql)
        {
            StartOne(_running[0].Settings);
        }
    }

    /// <summary>Null: the fault hit what it was meant for, and nobody ended that was not to be killed.</summary>
    public string? Trouble() => (File.Exists(Mark) ? File.ReadAllText(Mark) : "not reached") switch
    {
        { Length: > 0 } what => what,
        _ when _running.Exists(owner => owner.Program is { HasExited: true, WasKilled: false }) => "a process ended by itself",
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var (program, _) in _running)
        {
            program.Dispose();
        }

        if (_database is not null)
        {
            await TestServer.DropDatabase(_database);
        }
    }

    private static Uri AddressOf(Dictionary<string, string> settings) => new(settings["ASPNETCORE_URLS"]);

    private void StartOne(Dictionary<string, string> settings) =>
        _running.Add((RunningProgram.Start("tests/CrashPoints/Child", "ThreadGrains.CrashPoints.Child", settings), settings));

    private Dictionary<string, string> NewSettings()
    {
        var settings = new Dictionary<string, string>(Windows.Settings)
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{LoopbackPorts.ChooseOne()}",
            ["Logging__LogLevel__Default"] = "Warning",
            ["ThreadGrains__ApiKey"] = Key,
            ["ThreadGrains__Slack__ApiUrl"] = _slack.Api.ToString(),
            ["ThreadGrains__Slack__SigningSecret"] = RunningEmulator.SigningSecret,
            ["ThreadGrains__Slack__BotToken"] = _slack.BotToken,
            ["ThreadGrains__Slack__Workspace"] = _slack.Team,
            ["ThreadGrains__Slack__Channel"] = _slack.Channel,
            ["CrashPoints__Point"] = _crash.Point.ToString(),
            ["CrashPoints__Mark"] = Mark,
        };
        if (_database is null)
        {
            settings["ThreadGrains__Data"] = Path.Combine(_folder, "data");
        }
        else
        {
            // The same address for whoever is started again: the others see at once that its predecessor is gone.
            settings["ThreadGrains__Database"] = _database;
            settings["Orleans__Endpoints__SiloPort"] = $"{LoopbackPorts.ChooseOne()}";
            settings["Orleans__Endpoints__GatewayPort"] = $"{LoopbackPorts.ChooseOne()}";
        }

        return settings;
    }
}
