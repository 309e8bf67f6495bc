using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>The standalone process: one clear line for a start that cannot be, a drained stop, and a folder that outlives it.</summary>
public sealed class StartingAndStopping : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = LoopbackPorts.ChooseOne();

    [Fact]
    public async Task A_second_start_on_a_folder_says_which_process_holds_it_and_ends_with_1()
    {
        await using var first = StartedProcess.ThreadGrains(Settings());
        await first.UntilReady(_port);

        await using var second = StartedProcess.ThreadGrains(Settings(port: LoopbackPorts.ChooseOne()));

        Assert.Equal(1, await second.Exit());
        Assert.Equal($"threadgrains: the data folder {Data} is held by process {first.Id}; stop that process or choose another folder.", second.Errors);
        Assert.Equal("", second.Output);
    }

    [Fact]
    public async Task A_folder_is_free_again_after_kill_9_and_two_folders_run_side_by_side()
    {
        await using var other = StartedProcess.ThreadGrains(Settings(data: _folder.PathOf("other"), port: LoopbackPorts.ChooseOne()));
        await using var first = StartedProcess.ThreadGrains(Settings());
        await first.UntilReady(_port);
        first.Kill();
        await first.Exit();

        await using var again = StartedProcess.ThreadGrains(Settings());

        await again.UntilReady(_port);
    }

    [Fact]
    public async Task A_stop_that_is_asked_for_ends_with_0_within_the_drain_time()
    {
        await using var process = StartedProcess.ThreadGrains(Settings());
        await process.UntilReady(_port);
        var waited = Stopwatch.StartNew();

        process.AskToStop();

        Assert.Equal(0, await process.Exit());
        Assert.True(waited.Elapsed < SiloHosting.DrainTime, $"took {waited.Elapsed}");
        Assert.Equal("", process.Errors);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();

        await Refuses(Settings(), $"port {_port} is in use");
    }

    [Fact]
    public async Task A_port_for_Prometheus_that_is_in_use_is_named()
    {
        int taken = LoopbackPorts.ChooseOne();
        using var listener = new TcpListener(IPAddress.Loopback, taken);
        listener.Start();
        var settings = Settings();
        settings["ThreadGrains__Telemetry__Prometheus"] = $"{taken}";

        await Refuses(settings, $"bad configuration: ThreadGrains__Telemetry__Prometheus: port {taken} is in use");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(_folder.PathOf("file"), "");

        await Refuses(Settings(data: _folder.PathOf("file")), _folder.PathOf("file"));
    }

    [Theory]
    [InlineData("ThreadGrains__Pacing__ChannelPerSecond", "quick", "ThreadGrains:Pacing:ChannelPerSecond")]
    [InlineData("ThreadGrains__Pacing__ChannelBurst", "0", "ChannelBurst")]
    [InlineData("ThreadGrains__Delivery__Window", "0", "ThreadGrains__Delivery__Window is 00:00:00; it must be from 00:00:01 to 00:00:30")]
    [InlineData("ThreadGrains__Delivery__Window", "10", "ThreadGrains__Delivery__Window is 10.00:00:00; it must be from 00:00:01 to 00:00:30")]
    [InlineData("ThreadGrains__Pacing__FirstProbe", "60", "ThreadGrains__Pacing__FirstProbe is 60.00:00:00; it must be from 00:00:00.1 to 01:00:00")]
    [InlineData("ThreadGrains__Organization", "Größe", "ThreadGrains__Organization")]
    [InlineData("ThreadGrains__ApiKey", "tg_another_abc", "ThreadGrains__ApiKey")]
    [InlineData("ThreadGrains__Slack__BotToken", "", "ThreadGrains__Slack__BotToken")]
    [InlineData("ThreadGrains__Database", "Host=db;Database=x;Password=tg_another_abc", "ThreadGrains__Database")]
    public async Task A_bad_setting_is_named_and_its_secret_is_not_shown(string name, string value, string named)
    {
        var settings = Settings();
        settings[name] = value;

        await Refuses(settings, named);
    }

    [Theory]
    [InlineData("ThreadGrains__Slack__BotToken", "xoxb-1\n2-secret", "ThreadGrains__Slack__BotToken")]
    [InlineData("ThreadGrains__Slack__BotToken", "xoxb-1 2-secret", "ThreadGrains__Slack__BotToken")]
    [InlineData("ThreadGrains__Slack__Installations__0__BotToken", "xoxb-1\r\n2", "ThreadGrains__Slack__Installations__0__BotToken", "ThreadGrains__Slack__Installations__0__Workspace", "T2")]
    [InlineData("ThreadGrains__Slack__ApiUrl", "ftp://slack.com/api/", "ThreadGrains__Slack__ApiUrl")]
    [InlineData("ThreadGrains__Slack__ApiUrl", "slack.com", "ThreadGrains__Slack__ApiUrl")]
    [InlineData("ThreadGrains__Slack__ApiUrl", "https://u:xoxb-1@slack.com/api/", "ThreadGrains__Slack__ApiUrl")]
    [InlineData("ThreadGrains__Slack__ApiUrl", "http://[xoxb-1", "ThreadGrains:Slack:ApiUrl")]
    [InlineData("ThreadGrains__InDoubt__Unreadable", "sometimes", "ThreadGrains:InDoubt:Unreadable")]
    [InlineData("ThreadGrains__Pacing__ChannelPerSecond", "xoxb-1\nxoxb-2", "ThreadGrains:Pacing:ChannelPerSecond")]
    [InlineData("ThreadGrains__ApiKey", "tg_another_abc\nx", "ThreadGrains__ApiKey")]
    [InlineData("ThreadGrains__Secrets__Keys__0__Key", "xoxb-\n1", "ThreadGrains__Secrets__Keys__0__Key", "ThreadGrains__Secrets__Keys__0__Id", "a")]
    [InlineData("ThreadGrains__Callback__Secret", "whsec_xoxb-1", "ThreadGrains__Callback__Secret", "ThreadGrains__Callback__Url", "https://t.example/")]
    [InlineData("ThreadGrains__Slack__LegacyVerificationToken", "\n", "ThreadGrains__Slack__SigningSecret", "ThreadGrains__Slack__SigningSecret", "")]
    [InlineData("Orleans__Endpoints__SiloPort", "many", "Orleans:Endpoints:SiloPort")]
    [InlineData("ASPNETCORE_URLS", "nowhere", "ASPNETCORE_URLS")]
    [InlineData("ThreadGrains__SecretsFolder", "/nowhere/at/all\n", "ThreadGrains__SecretsFolder")]
    public async Task A_setting_that_cannot_be_used_is_one_line_without_its_value(string name, string value, string named, string? other = null, string? itsValue = null)
    {
        var settings = Settings();
        settings[name] = value;
        if (other is not null)
        {
            settings[other] = itsValue!;
        }

        await Refuses(settings, named);
    }

    [Fact]
    public async Task Each_of_several_problems_is_a_line()
    {
        var settings = Settings();
        settings["ThreadGrains__Slack__BotToken"] = "xoxb-1\n2";
        settings["ThreadGrains__Slack__SigningSecret"] = "a,,b";
        settings["ThreadGrains__Gateway__MaxBatchLines"] = "0";
        settings["ThreadGrains__Organization"] = "Größe";
        await using var process = StartedProcess.ThreadGrains(settings);

        Assert.Equal(1, await process.Exit());
        string[] lines = process.Errors.Split('\n');
        Assert.All(lines, line => Assert.StartsWith("threadgrains: bad configuration: ", line, StringComparison.Ordinal));
        foreach (string named in new[] { "Slack__BotToken", "Slack__SigningSecret", "MaxBatchLines", "ThreadGrains__Organization" })
        {
            Assert.Contains(lines, line => line.Contains(named, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData(" \n\n")]
    public async Task Secrets_are_taken_without_the_blanks_and_line_breaks_around_them(string end)
    {
        const string key = "tg_local_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
        var settings = Settings();
        settings["ThreadGrains__ApiKey"] = key;
        settings["ThreadGrains__Secrets__Keys__0__Id"] = "one";
        settings["ThreadGrains__Secrets__Keys__0__Key"] = Convert.ToBase64String(new byte[32]);
        settings["ThreadGrains__Callback__Url"] = "https://tracker.example/";
        settings["ThreadGrains__Callback__Secret"] = "whsec_" + Convert.ToBase64String(new byte[32]);
        settings["ThreadGrains__Slack__Installations__0__Workspace"] = "T2";
        settings["ThreadGrains__Slack__Installations__0__BotToken"] = "xoxb-2-2-secret";
        foreach (string name in settings.Keys.Where(name => name.StartsWith("ThreadGrains__", StringComparison.Ordinal)).ToList())
        {
            settings[name] = $" {settings[name]}{end}";
        }

        await using var process = StartedProcess.ThreadGrains(settings);
        await process.UntilReady(_port);

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri($"http://127.0.0.1:{_port}/v1/groups/g"))).StatusCode);
        Assert.Equal("", process.Errors);
    }

    [Fact]
    public async Task Grain_state_of_a_newer_version_is_refused()
    {
        Directory.CreateDirectory(Data);
        string file = Path.Combine(Data, "grains.db");
        GrainStorage.SqliteGrainStorage.Prepare(file);
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=false"))
        {
            await connection.OpenAsync();
            await using var future = connection.CreateCommand();
            future.CommandText = "insert into SchemaVersions (ScriptName, Applied) values ('9999-from-the-future.sql', '2030-01-01')";
            await future.ExecuteNonQueryAsync();
        }

        await Refuses(Settings(), "was written by a newer version of ThreadGrains");
    }

    public void Dispose() => _folder.Dispose();

    private string Data => _folder.PathOf("data");

    private static async Task Refuses(Dictionary<string, string> settings, string named)
    {
        await using var process = StartedProcess.ThreadGrains(settings);

        Assert.Equal(1, await process.Exit());
        Assert.StartsWith("threadgrains: ", process.Errors, StringComparison.Ordinal);
        Assert.Contains(named, process.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', process.Errors);
        Assert.DoesNotContain("xoxb-", process.Errors + process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("tg_another_abc", process.Errors + process.Output, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Settings(string? data = null, int? port = null) => new()
    {
        ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port ?? _port}",
        ["ThreadGrains__Data"] = data ?? Data,
        ["ThreadGrains__Slack__ApiUrl"] = "http://127.0.0.1:1/api/",
        ["ThreadGrains__Slack__SigningSecret"] = "0123456789abcdef0123456789abcdef",
        ["ThreadGrains__Slack__BotToken"] = "xoxb-1-2-secret",
        ["ThreadGrains__Slack__Workspace"] = "T0123456789",
    };
}
