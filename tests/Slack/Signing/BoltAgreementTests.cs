using System.Diagnostics;
using System.Text.Json;
using ThreadGrains.Slack.Signing;

namespace ThreadGrains.Slack.Tests.Signing;

/// <summary>The referee: the verifier of Slack's own SDK for Node (npm, @slack/bolt), unmodified. Needs node and npm.</summary>
public sealed class BoltAgreementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Slacks_own_verifier_agrees_with_ours_but_where_ours_is_stricter_as_the_table_says()
    {
        var folder = Source.PathOf("node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@slack", "bolt")))
        {
            await Run(folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], input: "");
        }

        var questions = SignatureCases.All.Select(request => new
        {
            secret = SignatureCases.Secret,
            timestamps = request.Timestamps,
            signatures = request.Signatures,
            body = Convert.ToBase64String(request.Body),
            now = SignatureCases.Now,
        });
        var answers = JsonSerializer.Deserialize<bool[]>(await Run(folder, "node", ["verify.cjs"], JsonSerializer.Serialize(questions)))!;

        // Said by the SDK, in the order of the table; on failure the names tell which ones differ.
        Assert.Equal(
            SignatureCases.All.Select(request => $"{request.Name}: {request.Bolt}"),
            SignatureCases.All.Zip(answers, (request, bolt) => $"{request.Name}: {bolt}"));

        // Never more generous than the SDK, but for bytes that it cannot hash as they came.
        var moreGenerous = SignatureCases.All.Zip(answers).Where(pair => pair.First.Ours == SignatureRefusal.None && !pair.Second).Select(pair => pair.First.Name);
        Assert.Equal(["body that is no UTF-8"], moreGenerous);
    }

    private static async Task<string> Run(string folder, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
        return await output;
    }
}
