using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>Slack's own packages are the referees: what they accept is Slack, whatever we believe.</summary>
public sealed class NodeTests
{
    private static readonly SemaphoreSlim Installing = new(1);

    [Fact]
    public async Task The_official_client_uses_the_emulator_unmodified()
    {
        await using var slack = await Emulator.Start();
        var said = await Node("referee.mjs", "", new Dictionary<string, string?>
        {
            ["SLACK_API_URL"] = new Uri(slack.Address, "api/").ToString(),
            ["EMULATOR_URL"] = slack.Address.ToString().TrimEnd('/'),
            ["SLACK_BOT_TOKEN"] = Emulator.Token,
            ["SLACK_CHANNEL"] = Emulator.Channel,
            ["SLACK_WORKSPACE"] = Emulator.Team,
        });
        Assert.Equal(13, said.Split('\n').Count(static line => line.StartsWith("held: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_official_verifier_accepts_the_signature_of_a_click()
    {
        await using var slack = await Emulator.Start();
        await using var app = await Receiver.Start();
        await slack.Put("app", new JsonObject { ["requestUrl"] = app.Address.ToString() });
        var ts = await slack.Post("Ümläut & 😀", more: ("blocks", """[{"type":"actions","elements":[{"type":"button","action_id":"a","value":"ü+ %","text":{"type":"plain_text","text":"B"}}]}]"""));
        await slack.Do("click", new JsonObject { ["team"] = Emulator.Team, ["channel"] = Emulator.Channel, ["ts"] = ts, ["actionId"] = "a", ["user"] = Emulator.User });
        var (_, headers, body) = Assert.Single(app.Received);

        var said = await Node("verify.mjs", new JsonObject
        {
            ["signingSecret"] = Emulator.Secret,
            ["headers"] = new JsonObject { ["signature"] = headers["X-Slack-Signature"], ["timestamp"] = headers["X-Slack-Request-Timestamp"] },
            ["body"] = Convert.ToBase64String(body),
        }.ToJsonString(), []);

        Assert.Equal("held: signature", said.Trim());
    }

    private static async Task<string> Node(string script, string input, Dictionary<string, string?> environment)
    {
        var folder = ScriptFolder();
        await Installing.WaitAsync();
        try
        {
            if (!Directory.Exists(Path.Combine(folder, "node_modules"))) await Run("npm", ["ci", "--no-audit", "--no-fund"], folder, "", []);
        }
        finally
        {
            Installing.Release();
        }
        return await Run("node", [script], folder, input, environment);
    }

    private static async Task<string> Run(string program, string[] arguments, string folder, string input, Dictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }

    /// <summary>The folder <c>node</c> beside this project, found from where the tests were built to.</summary>
    private static string ScriptFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var scripts = Path.Combine(folder.FullName, "node");
            if (File.Exists(Path.Combine(scripts, "package.json"))) return scripts;
        }
        throw new DirectoryNotFoundException("node/package.json is not above " + AppContext.BaseDirectory);
    }
}
