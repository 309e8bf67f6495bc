using System.Diagnostics;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// A whole cluster on one machine: a PostgreSQL of its own, silos, two gateways and the emulator, each a process of its own,
/// as they would run on many machines (docs/cluster.md).
/// </summary>
internal static class ClusterLineup
{
    /// <summary>One can be stopped while the other one answers.</summary>
    private const int Gateways = 2;

    /// <summary>Design 7.3. Long enough that a process that cannot start does not take the machine with it.</summary>
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(2);

    public static Lineup Of(LaunchOptions options, LocalSettings settings, HttpClient http)
    {
        int silos = options.Cluster!.Value;
        // Chosen once, so that a silo that is started again is found where it was: three for each silo, one for the database.
        var free = new Queue<int>(LoopbackPorts.Choose((3 * silos) + 1));
        var database = new PrivatePostgreSql(PostgreSqlFolder(options.Data), free.Dequeue(), settings.DatabasePassword);
        string connection = database.ConnectionString(PrivatePostgreSql.Database);
        var members = Enumerable.Range(1, silos).Select(number => Silo(number, (free.Dequeue(), free.Dequeue(), free.Dequeue()))).ToList();
        var gateways = Enumerable.Range(1, Gateways).Select(Gateway).ToList();

        List<Stage> stages = [new Stage(Database()) { Then = Migrate }];
        if (settings.StartsEmulator)
        {
            stages.Add(new Stage(StandaloneLineup.Emulator(options, settings, http)));
        }

        stages.Add(new Stage([.. members.Select(member => member.Part)]));
        stages.Add(new Stage([.. gateways.Select(gateway => gateway.Part)]));
        return new Lineup(
            [.. stages.Select(stage => stage with { Parts = [.. stage.Parts.Select(ApartFromOurTerminal)] })],
            [.. gateways.Select(gateway => (gateway.Port, $"choose another one with --port (a cluster takes {Gateways})")), .. EmulatorPort()],
            [
                ("THREADGRAINS_URLS", string.Join(',', gateways.Select(gateway => gateway.Url))),
                ("THREADGRAINS_SILO_URLS", string.Join(',', members.Select(member => member.Url))),
                ("THREADGRAINS_ORLEANS_GATEWAY", string.Join(',', members.Select(member => $"127.0.0.1:{member.Gateway}"))),
                ("THREADGRAINS_DATABASE", connection),
            ],
            [
                .. settings.StartsEmulator ? new[] { ("Slack (emulated)", $"{settings.EmulatorUrl}/") } : [],
                .. gateways.Select(gateway => ($"Gateway {gateway.Number}", $"{gateway.Url}/")),
            ])
        {
            RestartPause = RestartPause,
        };

        Part Database() => new("postgresql", () => database.Server(), database.Answers, "its port")
        {
            Prepare = cancellation =>
            {
                database.EndWithUs(Path.Combine(Path.GetFullPath(options.Data), "pids"), SiloHosting.LongestDrainTime + TimeSpan.FromSeconds(3));
                return database.Prepare(cancellation);
            },
            StopSignal = Part.Interrupt,
            CleanUp = database.EndWhatIsLeft,
        };

        async Task Migrate(CancellationToken cancellation)
        {
            using var migration = Process.Start(Part.Run(options.SiloProgram, ["migrate"], For("migrate", [])))!;
            await migration.WaitForExitAsync(cancellation);
            if (migration.ExitCode != 0)
            {
                throw new StartRefusedException($"the database in {PostgreSqlFolder(options.Data)} could not be brought to this version's schema (above).");
            }
        }

        (Part Part, string Url, int Gateway) Silo(int number, (int Http, int Silo, int Gateway) ports)
        {
            string name = $"silo-{number}";
            string url = $"http://127.0.0.1:{ports.Http}";
            var environment = For(name, new(settings.ForSilos())
            {
                ["ASPNETCORE_URLS"] = url,
                ["Orleans__Endpoints__SiloPort"] = $"{ports.Silo}",
                ["Orleans__Endpoints__GatewayPort"] = $"{ports.Gateway}",
            });
            return (new Part(name, () => Part.Run(options.SiloProgram, [], environment), http.Well($"{url}/health/ready"), $"{url}/health/ready"), url, ports.Gateway);
        }

        (Part Part, int Number, int Port, string Url) Gateway(int number)
        {
            string name = $"gateway-{number}";
            int port = options.Port + number - 1;
            string url = $"http://127.0.0.1:{port}";
            var environment = For(name, new() { ["ASPNETCORE_URLS"] = url });
            return (new Part(name, () => Part.Run(options.GatewayProgram, [], environment), http.Well($"{url}/health/ready"), $"{url}/health/ready"), number, port, url);
        }

        Dictionary<string, string> For(string name, Dictionary<string, string> own) => new(
            settings.ForEveryProcess().Concat(own).Concat(Logging(name)).Append(new("ThreadGrains__Database", connection)));

        IEnumerable<(int, string)> EmulatorPort() => settings.StartsEmulator ? [(options.EmulatorPort, "choose another one with --emulator-port")] : [];
    }

    /// <summary>The folder of the database within the data folder.</summary>
    public static string PostgreSqlFolder(string data) => Path.Combine(Path.GetFullPath(data), "postgresql");

    /// <summary>All write to one console: each line begins with who says it. What our own environment says about it stays.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Logging(string name) => new Dictionary<string, string>
    {
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        ["Logging__Console__FormatterOptions__TimestampFormat"] = $"HH:mm:ss '{name}' ",
    }.Where(setting => Environment.GetEnvironmentVariable(setting.Key) is null);

    /// <summary>
    /// Ctrl-C reaches every process of the terminal's foreground group at once. In sessions of their own they hear nothing of
    /// it, and the order of the end is ours: no silo drains without its database. setsid(1) becomes the program it starts.
    /// </summary>
    private static Part ApartFromOurTerminal(Part part) => part with
    {
        Program = () =>
        {
            var start = part.Program();
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = "setsid";
            return start;
        },
    };
}
