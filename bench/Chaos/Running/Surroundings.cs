using System.Diagnostics;
using System.Net;
using Npgsql;
using ThreadGrains.Silo;
using ThreadGrains.Standalone.Launching;

namespace ThreadGrains.Chaos.Running;

/// <summary>What the product and the baselines need alike: a PostgreSQL and the emulator, each a supervised process.</summary>
internal sealed class Surroundings : IAsyncDisposable
{
    /// <summary>For this machine and this run alone.</summary>
    public const string SigningSecret = "c4a05c4a05c4a05c4a05c4a05c4a05c4";

    public const string BotToken = "xoxb-100000000001-200000000002-chaosChaosChaosChaosChao";

    public const string Workspace = "T0CHAOS001";

    public const string Channel = "C0CHAOS001";

    public const string AppId = "A0CHAOS001";

    /// <summary>A cold start takes seconds; on a machine busy with other things, many times that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private Surroundings(string folder, SupervisedProcess database, PrivatePostgreSql server, SupervisedProcess slack, int databasePort, int slackPort)
    {
        Folder = folder;
        Database = database;
        Server = server;
        Slack = slack;
        DatabasePort = databasePort;
        SlackPort = slackPort;
        Emulator = new EmulatorClient(new Uri($"http://127.0.0.1:{slackPort}"), Workspace);
    }

    public string Folder { get; }

    public SupervisedProcess Database { get; }

    public PrivatePostgreSql Server { get; }

    public SupervisedProcess Slack { get; }

    public int DatabasePort { get; }

    public int SlackPort { get; }

    public EmulatorClient Emulator { get; }

    /// <summary>The connection string of the database, through what listens there.</summary>
    public string ConnectionString(IPEndPoint there) =>
        new NpgsqlConnectionStringBuilder(Server.ConnectionString(PrivatePostgreSql.Database)) { Host = $"{there.Address}", Port = there.Port }.ConnectionString;

    /// <summary>The disk of the database, where it has one that can be filled.</summary>
    public SmallDisk? Disk { get; private init; }

    /// <param name="folder">For data and logs.</param>
    /// <param name="requestUrl">Where the emulator sends events.</param>
    /// <param name="smallDisk">The database gets a disk of its own.</param>
    public static async Task<Surroundings> Start(string folder, Uri requestUrl, bool smallDisk)
    {
        string databaseFolder = Path.Combine(folder, "database");
        var disk = smallDisk ? await SmallDisk.Mount(databaseFolder) : null;
        var ports = new Queue<int>(LoopbackPorts.Choose(2));
        int databasePort = ports.Dequeue();
        int slackPort = ports.Dequeue();
        Directory.CreateDirectory(databaseFolder);
        var server = new PrivatePostgreSql(Path.Combine(databaseFolder, "postgresql"), databasePort, "chaos");
        var database = new SupervisedProcess("postgresql", Path.Combine(folder, "postgresql.log"), _ => server.Server())
        {
            Prepare = () => server.Prepare(CancellationToken.None),
            StopSignal = "INT",
        };
        var slack = new SupervisedProcess("emulator", Path.Combine(folder, "emulator.log"), _ => Programs.Run(
            Programs.Emulator, ["--port", $"{slackPort}", "--data", Path.Combine(folder, "emulator"), "--request-url", requestUrl.ToString()], new()
            {
                ["SLACK_SIGNING_SECRET"] = SigningSecret, ["SLACK_BOT_TOKEN"] = BotToken, ["SLACK_APP_ID"] = AppId,
                ["SLACK_WORKSPACE"] = Workspace, ["SLACK_CHANNEL"] = Channel, ["SLACK_USER"] = "U0CHAOS001",
            }));
        var surroundings = new Surroundings(folder, database, server, slack, databasePort, slackPort) { Disk = disk };
        await Task.WhenAll(database.Start(), slack.Start());
        await Until(() => server.Answers(CancellationToken.None), "PostgreSQL answers");
        await Until(() => Answers(new Uri($"http://127.0.0.1:{slackPort}/emulator/health")), "the emulator answers");
        return surroundings;
    }

    /// <summary>Whether a GET is answered with success.</summary>
    public static async Task<bool> Answers(Uri address)
    {
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
            using var answer = await http.GetAsync(address);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Waits until something holds.</summary>
    /// <exception cref="TimeoutException">It did not within the patience.</exception>
    public static async Task Until(Func<Task<bool>> holds, string what)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
            {
                throw new TimeoutException($"{what}: not within {Patience.TotalSeconds:0} s");
            }

            await Task.Delay(200);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Emulator.Dispose();
        await Slack.DisposeAsync();
        await Database.DisposeAsync();
        await Server.EndWhatIsLeft();
        await (Disk?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
