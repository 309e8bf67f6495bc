using System.Diagnostics;
using System.Text.Json;
using Xunit.Abstractions;

namespace ThreadGrains.Chaos.Tests;

/// <summary>
/// The smallest of the experiments of <c>bench/chaos</c>: it judges by its sender's receipts and by what the emulator stored, and
/// fails as well where it has not seen a kill, a freeze, a takeover, and a doubt of either end.
/// </summary>
public sealed class The_short_run(ITestOutputHelper output)
{
    private static readonly string Program = Path.Combine(Repository.Root, "bench", "Chaos", "bin", "Release", "net10.0", "ThreadGrains.Chaos");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Kills_and_freezes_silos_meets_faults_and_finds_nothing_lost_doubled_or_out_of_order()
    {
        int seed = Random.Shared.Next(1, 1_000_000);
        var start = new ProcessStartInfo(Program, ["--short", "--seed", $"{seed}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var chaos = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var told = chaos.StandardOutput.ReadToEndAsync(patience.Token);
        var complained = chaos.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await chaos.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!chaos.HasExited)
            {
                chaos.Kill(entireProcessTree: true);
            }
        }

        string all = $"bench/chaos --short --seed {seed}\n{await told}\n{await complained}";
        Assert.True(chaos.ExitCode == 0, all);
        string last = (await told).TrimEnd().Split('\n')[^1];
        using var json = JsonDocument.Parse(last);
        output.WriteLine(last);
        Assert.Equal(0, json.RootElement.GetProperty("lost").GetInt32() + json.RootElement.GetProperty("doubledEver").GetInt32() + json.RootElement.GetProperty("outOfOrder").GetInt32());
    }
}
