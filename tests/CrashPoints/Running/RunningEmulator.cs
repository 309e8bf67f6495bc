using System.Globalization;
using System.Text.Json;
using ThreadGrains.Silo;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>An emulator without limits that tells nothing by itself, for all runs of this process: each has a workspace of its own.</summary>
internal sealed class RunningEmulator : IDisposable
{
    public const string SigningSecret = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("threadgrains-crash-slack-").FullName;
    private readonly HttpClient _http;
    private readonly RunningProgram _program;
    private int _workspaces;

    private RunningEmulator()
    {
        int port = LoopbackPorts.ChooseOne();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(20) };
        _program = RunningProgram.Start("slack-emulator", "slack-emulator", Settings, "--port", $"{port}", "--data", _folder);
    }

    private static Dictionary<string, string> Settings { get; } = new()
    {
        ["SLACK_SIGNING_SECRET"] = SigningSecret,
        ["EMULATOR_EVENTS"] = "off", // what is found is found by the product itself
    };

    /// <summary>Starts it, and waits until it answers.</summary>
    public static async Task<RunningEmulator> Start()
    {
        var emulator = new RunningEmulator();
        try
        {
            await Wait.Until("the emulator answers", Patience, emulator.Answers);
            return emulator;
        }
        catch
        {
            emulator.Dispose();
            throw;
        }
    }

    /// <summary>A workspace that nobody has used.</summary>
    public async Task<EmulatedSlack> NewWorkspace()
    {
        string team = string.Create(CultureInfo.InvariantCulture, $"T0CRASH{Interlocked.Increment(ref _workspaces)}");
        var made = await _http.Ask(HttpMethod.Post, "/emulator/channels", new { team, count = 1 });
        var all = await _http.GetFromJsonAsync<JsonElement>(new Uri("/emulator/workspaces", UriKind.Relative));
        string botToken = all.GetProperty("workspaces").EnumerateArray().Single(workspace => workspace.GetProperty("team").GetString() == team).GetProperty("botToken").GetString()!;
        return new EmulatedSlack(_http, team, made.GetProperty("channels")[0].GetString()!, botToken);
    }

    public void Dispose()
    {
        _program.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> Answers()
    {
        try
        {
            await _http.Ask(HttpMethod.Put, "/emulator/limits", new { channelPerSecond = 0, workspacePerMinute = 0, repliesPerMinute = 0, updatesPerMinute = 0 });
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
