using System.Diagnostics;
using System.Text.Json;
using Xunit.Abstractions;

namespace ThreadGrains.Chaos.Tests;

/// <summary>Real silos, a real PostgreSQL and real sockets: <c>bench/chaos --short</c>, as part of the tests, with another seed each day.</summary>
public sealed class The_short_run(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Loses_doubles_and_disorders_nothing_while_silos_are_killed_and_frozen()
    {
        string seed = DateTime.UtcNow.ToString("MMdd", System.Globalization.CultureInfo.InvariantCulture).TrimStart('0');
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "ThreadGrains.Chaos"), ["--short", "--seed", seed])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var run = Process.Start(start)!;
        var (said, complained) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        try
        {
            await run.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            run.Kill(entireProcessTree: true);
            throw;
        }

        string text = $"{await said}\n{await complained}";
        output.WriteLine(text);
        Assert.True(run.ExitCode == 0, text);
        using var figures = JsonDocument.Parse((await said).TrimEnd().Split('\n')[^1]);
        Assert.All((string[])["lost", "doubledEver", "doubledLeft", "outOfOrder", "phantom"], name => Assert.Equal(0, figures.RootElement.GetProperty(name).GetInt32()));
        Assert.Equal(320, figures.RootElement.GetProperty("accepted").GetInt32());
    }
}
