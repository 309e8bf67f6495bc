using System.Net;
using System.Text.RegularExpressions;

namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>What <c>./run</c> promises to shells and scripts. Starting everything through it is the end-to-end tests' business.</summary>
public sealed partial class TheRunScript : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = LoopbackPorts.ChooseOne();

    [Fact]
    public async Task Help_names_every_option_and_builds_nothing()
    {
        await using var run = StartedProcess.Run("--help");

        Assert.Equal(0, await run.Exit());
        Assert.All(
            ["--data DIR", "--port N", "--emulator-port N", "--only", "--slack-api URL", "--request-url URL", "--no-story", "--restored", "--cluster N", "--silo-program FILE", "--gateway-program FILE", "backup FILE", "restore FILE", "./run check", "./run doctor"],
            option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
        Assert.Equal("", run.Errors);
    }

    [Fact]
    public async Task The_doctors_help_names_its_options_and_builds_nothing()
    {
        await using var run = StartedProcess.Run("doctor", "--help");

        Assert.Equal(0, await run.Exit());
        Assert.All(
            ["--data DIR", "--slack-api URL", "--channel C...", "--public-url URL", "--no-post", "--json"],
            option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
        Assert.Equal("", run.Errors);
    }

    [Theory]
    [InlineData("unknown option '--bogus'", "--bogus")]
    [InlineData("unknown option 'data'", "data")]
    [InlineData("--data needs a value", "--data")]
    [InlineData("--port needs a port number", "--port", "0")]
    [InlineData("--port needs a port number", "--port=65536")]
    [InlineData("--emulator-port needs a port number", "--emulator-port", "http")]
    [InlineData("--only needs 'threadgrains' or 'emulator'", "--only", "postgresql")]
    [InlineData("--slack-api needs an http or https address", "--slack-api", "slack.com/api")]
    [InlineData("--cluster needs a number of silos from 1 to 9, not '0'", "--cluster", "0")]
    [InlineData("--cluster needs a number of silos from 1 to 9, not 'ten'", "--cluster=ten")]
    [InlineData("--cluster needs a value", "--cluster")]
    [InlineData("--only and --cluster exclude each other", "--cluster", "3", "--only", "emulator")]
    [InlineData("--restored is for ThreadGrains alone", "--restored", "--cluster", "3")]
    [InlineData("--port 65535 leaves no port for the second gateway", "--port", "65535", "--cluster", "3")]
    [InlineData("--emulator-port 5090 is the second gateway's", "--port", "5089", "--cluster", "3", "--emulator-port", "5090")]
    [InlineData("--silo-program needs a program, and '/nowhere' is none", "--cluster", "3", "--silo-program", "/nowhere")]
    [InlineData("--gateway-program is for --cluster", "--gateway-program", "/bin/true")]
    [InlineData("backup takes no '--cluster'", "backup", "x.zip", "--cluster", "3")]
    [InlineData("--restored is for ThreadGrains' databases", "--restored", "--only", "emulator")]
    [InlineData("backup needs a file", "backup")]
    [InlineData("restore needs a file", "restore", "--data", "x")]
    [InlineData("--force belongs to backup", "restore", "x.zip", "--force")]
    [InlineData("backup takes no '--port'", "backup", "x.zip", "--port", "5")]
    [InlineData("restore takes no --no-story", "restore", "x.zip", "--no-story")]
    [InlineData("--data needs a value", "backup", "x.zip", "--data")]
    [InlineData("check takes no '--port'", "check", "--port", "5")]
    public async Task Wrong_options_end_with_2_and_one_line(string line, params string[] options)
    {
        await using var run = StartedProcess.Run(options);

        Assert.Equal(2, await run.Exit());
        Assert.StartsWith($"run: {line}", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Errors);
    }

    [Fact]
    public async Task What_was_launched_is_described_for_shells_and_described_the_same_the_next_time()
    {
        var first = await LaunchAndStop();
        var second = await LaunchAndStop();

        Assert.Equal(first, second);
        Assert.Equal($"http://127.0.0.1:{_port}", first["THREADGRAINS_URL"]);
        Assert.Equal(first["THREADGRAINS_URL"], first["THREADGRAINS_URLS"]);
        Assert.Equal("local", first["THREADGRAINS_ORGANIZATION"]);
        Assert.Matches("^tg_local_[A-Za-z0-9_-]{43}$", first["THREADGRAINS_API_KEY"]);
        Assert.Equal($"{first["EMULATOR_URL"]}/api/", first["SLACK_API_URL"]);
        Assert.Matches("^[0-9a-f]{32}$", first["SLACK_SIGNING_SECRET"]);
        Assert.Matches("^xoxb-", first["SLACK_BOT_TOKEN"]);
        Assert.Matches("^A[0-9A-Z]{10}$", first["SLACK_APP_ID"]);
        Assert.Matches("^T[0-9A-Z]{10}$", first["SLACK_WORKSPACE"]);
        Assert.Matches("^C[0-9A-Z]{10}$", first["SLACK_CHANNEL"]);
        Assert.Matches("^U[0-9A-Z]{10}$", first["SLACK_USER"]);
    }

    [Fact]
    public async Task When_the_worker_is_killed_the_launcher_says_so_and_ends_with_1()
    {
        await using var launcher = Launch();
        await launcher.UntilItPrints("Ready");
        int worker = int.Parse(await File.ReadAllTextAsync(_folder.PathOf("pids/threadgrains")), System.Globalization.CultureInfo.InvariantCulture);
        Assert.NotEqual(launcher.Id, worker);
        using (var process = System.Diagnostics.Process.GetProcessById(worker))
        {
            process.Kill();
        }

        Assert.Equal(1, await launcher.Exit());
        Assert.Equal("run: threadgrains ended with 137; stopping the rest.", launcher.Errors);
        Assert.False(File.Exists(_folder.PathOf("local.env")));
    }

    [Fact]
    public async Task A_real_slack_without_its_settings_is_refused_by_their_names()
    {
        await using var launcher = StartedProcess.ThreadGrains(
            new Dictionary<string, string> { ["ThreadGrains__Slack__Workspace"] = "T0123456789" },
            "launch", "--data", _folder.Path, "--port", $"{_port}", "--slack-api", "https://slack.example/api/");

        Assert.Equal(1, await launcher.Exit());
        Assert.Equal(
            "run: without the emulator, Slack's settings come from configuration; missing: ThreadGrains__Slack__SigningSecret, ThreadGrains__Slack__BotToken.",
            launcher.Errors);
    }

    [Fact]
    public async Task With_the_old_verification_token_alone_it_starts_and_the_token_decides()
    {
        var settings = new Dictionary<string, string>
        {
            ["ThreadGrains__Slack__LegacyVerificationToken"] = "legacy-token\n",
            ["ThreadGrains__Slack__BotToken"] = "xoxb-1-2-secret",
            ["ThreadGrains__Slack__Workspace"] = "T0123456789",
        };
        await using var launcher = StartedProcess.ThreadGrains(
            settings, "launch", "--data", _folder.Path, "--port", $"{_port}", "--only", "threadgrains", "--slack-api", "http://127.0.0.1:1/api/", "--no-story", "true");
        await launcher.UntilItPrints("Ready");

        Assert.Equal(HttpStatusCode.OK, await Click("legacy-token"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Click("another"));

        async Task<HttpStatusCode> Click(string token)
        {
            using var http = new HttpClient();
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("payload", $$$"""{"type":"shortcut","token":"{{{token}}}","team":{"id":"T0123456789"},"user":{"id":"U1"},"callback_id":"c"}""")]);
            using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{_port}/slack/actions"), form);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task When_the_launcher_is_killed_what_it_started_ends_by_itself_and_the_folder_is_free()
    {
        await using (var launcher = Launch())
        {
            await launcher.UntilItPrints("Ready");
            int worker = int.Parse(await File.ReadAllTextAsync(_folder.PathOf("pids/threadgrains")), System.Globalization.CultureInfo.InvariantCulture);
            launcher.Kill();
            for (long begun = System.Diagnostics.Stopwatch.GetTimestamp(); Lives(worker); await Task.Delay(50))
            {
                if (System.Diagnostics.Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(30))
                {
                    System.Diagnostics.Process.GetProcessById(worker).Kill();
                    Assert.Fail($"The worker outlived its launcher. {launcher.Output}");
                }
            }

            await launcher.Exit();
            Assert.Contains("which started this one, is gone", launcher.Output, StringComparison.Ordinal);
        }

        await LaunchAndStop();

        static bool Lives(int process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process}/cmdline").Length > 0;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task What_one_process_accepted_is_not_taken_into_a_cluster_nor_the_other_way_round()
    {
        await File.WriteAllTextAsync(_folder.PathOf("ledger.db"), "");
        await using var cluster = StartedProcess.ThreadGrains(new Dictionary<string, string>(), "launch", "--data", _folder.Path, "--port", $"{_port}", "--cluster", "3");
        Assert.Equal(1, await cluster.Exit());
        Assert.Equal(
            $"run: {_folder.Path} holds the data of a ThreadGrains that runs alone (ledger.db); start it without --cluster, or choose another folder with --data.", cluster.Errors);

        File.Delete(_folder.PathOf("ledger.db"));
        Directory.CreateDirectory(_folder.PathOf("postgresql"));
        await using var alone = Launch();
        Assert.Equal(1, await alone.Exit());
        Assert.Equal($"run: {_folder.Path} holds the data of a cluster (postgresql/); start it with --cluster N, or choose another folder with --data.", alone.Errors);

        await using var backup = StartedProcess.ThreadGrains(new Dictionary<string, string>(), "backup", "--file", _folder.PathOf("backup.zip"), "--data", _folder.Path);
        Assert.Equal(1, await backup.Exit());
        Assert.Equal($"run: {_folder.Path} holds the data of a cluster (postgresql/); it is backed up with pg_dump (docs/cluster.md).", backup.Errors);
    }

    public void Dispose() => _folder.Dispose();

    private StartedProcess Launch() => StartedProcess.ThreadGrains(
        new Dictionary<string, string>(), "launch", "--data", _folder.Path, "--port", $"{_port}", "--emulator-port", "1", "--only", "threadgrains", "--no-story", "true");

    private async Task<Dictionary<string, string>> LaunchAndStop()
    {
        await using var launcher = Launch();
        await launcher.UntilItPrints("Ready");
        string file = _folder.PathOf("local.env");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.PathOf("secrets.json")));
        }

        var variables = (await File.ReadAllLinesAsync(file)).Select(line => Variable().Match(line)).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        using (var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", ". \"$0\"; exec env", file]) { RedirectStandardOutput = true })!)
        {
            // What a program finds that is started from a shell that has read the file.
            string[] environment = (await shell.StandardOutput.ReadToEndAsync()).Split('\n');
            Assert.All(variables, variable => Assert.Contains($"{variable.Key}={variable.Value}", environment));
        }

        variables.Remove("THREADGRAINS_ORLEANS_GATEWAY"); // a free port of each start
        launcher.AskToStop();
        Assert.Equal(0, await launcher.Exit());
        Assert.Equal("", launcher.Errors);
        Assert.False(File.Exists(file));
        Assert.Empty(Directory.EnumerateFiles(_folder.PathOf("pids")));
        return variables;
    }

    [GeneratedRegex("^export ([A-Z_]+)=([^'\"\\s]*)$")]
    private static partial Regex Variable();
}
