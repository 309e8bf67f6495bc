using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>The program itself, as a process of its own.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("slack-emulator-").FullName;

    [Fact]
    public async Task What_was_answered_before_a_kill_is_there_after_it()
    {
        var answered = new List<string>();
        for (var life = 0; life < 3; life++)
        {
            using var process = await Started("--data", _folder);
            using var http = new HttpClient { BaseAddress = process.Address };
            await http.PutAsync("emulator/limits", new StringContent("""{"channelPerSecond":0,"workspacePerMinute":0}"""));
            var posting = Enumerable.Range(0, 4).Select(worker => PostUntilDead(http, $"{life}-{worker}", answered)).ToArray();
            var wanted = (life + 1) * 60;
            await Emulator.Until(
                () =>
                {
                    lock (answered) return Task.FromResult(answered.Count >= wanted);
                },
                "enough posts are answered");
            process.Kill();
            await Task.WhenAll(posting);
        }

        using var last = await Started("--data", _folder);
        using var reader = new HttpClient { BaseAddress = last.Address };
        var stored = JsonNode.Parse(await reader.GetStringAsync("emulator/messages"))!["messages"]!.AsArray();
        var texts = stored.Select(static message => (string)message!["text"]!).ToList();
        Assert.Empty(answered.Except(texts));
        Assert.Equal(texts.Count, texts.Distinct().Count());
        var ts = stored.Select(static message => (string)message!["ts"]!).ToList();
        Assert.Equal(ts.Distinct().Order(StringComparer.Ordinal), ts);
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task It_ends_cleanly_when_asked_to_also_while_somebody_watches_the_stream(PosixSignal signal)
    {
        using var process = await Started("--data", _folder);
        using var http = new HttpClient { BaseAddress = process.Address };
        using var stream = await http.GetStreamAsync("emulator/stream");

        process.Send(signal);

        Assert.Equal(0, await process.Exit());
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await ExpectOneLine(["--data", _folder, "--port", port.ToString(CultureInfo.InvariantCulture)], port.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_one_line_and_exit_code_1()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");
        await ExpectOneLine(["--port", "0", "--data", Path.Combine(file, "below")], "below");
    }

    [Fact]
    public async Task A_folder_in_use_is_one_line_and_exit_code_1()
    {
        using var first = await Started("--data", _folder);
        await ExpectOneLine(["--port", "0", "--data", _folder], _folder);
    }

    [Fact]
    public async Task A_missing_signing_secret_is_one_line_and_exit_code_1()
    {
        await ExpectOneLine(["--port", "0", "--data", _folder], "SLACK_SIGNING_SECRET", secret: "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task PostUntilDead(HttpClient http, string name, List<string> answered)
    {
        for (var i = 0; ; i++)
        {
            var text = $"{name}-{i}";
            try
            {
                using var form = new FormUrlEncodedContent([new("token", Emulator.Token), new("channel", Emulator.Channel), new("text", text)]);
                using var response = await http.PostAsync("api/chat.postMessage", form);
                var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                Assert.True((bool)answer["ok"]!, answer.ToJsonString());
                lock (answered) answered.Add(text);
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static async Task ExpectOneLine(string[] arguments, string named, string secret = Emulator.Secret)
    {
        using var process = Begin(arguments, secret);
        Assert.Equal(1, await process.Exit());
        var line = Assert.Single(process.Errors);
        Assert.StartsWith("slack-emulator: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
    }

    private static async Task<EmulatorUnderTest> Started(params string[] arguments)
    {
        var process = Begin(["--port", "0", .. arguments], Emulator.Secret);
        await process.Listening();
        return process;
    }

    private static EmulatorUnderTest Begin(string[] arguments, string secret) => new(arguments, secret);

    private sealed class EmulatorUnderTest : IDisposable
    {
        private const string Greeting = "Listening on ";

        private readonly Process _process;
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> _errors = [];

        public EmulatorUnderTest(string[] arguments, string secret)
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "slack-emulator.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["SLACK_SIGNING_SECRET"] = secret, ["SLACK_BOT_TOKEN"] = Emulator.Token, ["SLACK_WORKSPACE"] = Emulator.Team, ["SLACK_CHANNEL"] = Emulator.Channel,
                },
            };
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, line) =>
            {
                if (line.Data?.StartsWith(Greeting, StringComparison.Ordinal) == true) _address.TrySetResult(new Uri(line.Data[Greeting.Length..]));
            };
            _process.ErrorDataReceived += (_, line) =>
            {
                if (line.Data is not null) _errors.Add(line.Data);
            };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public Uri Address => _address.Task.Result;

        public IReadOnlyList<string> Errors => _errors;

        public async Task Listening() => await _address.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public void Send(PosixSignal signal) =>
            Process.Start("kill", ["-" + (signal == PosixSignal.SIGTERM ? "TERM" : "INT"), _process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

        public void Kill()
        {
            _process.Kill();
            _process.WaitForExit();
        }

        public async Task<int> Exit()
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }

        public void Dispose()
        {
            if (!_process.HasExited) Kill();
            _process.Dispose();
        }
    }
}
