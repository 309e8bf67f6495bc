using System.Diagnostics;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary><c>./run --cluster</c> keeps its processes running and ends all of them.</summary>
public sealed class Supervision
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_ends_comes_back_under_a_new_number_and_in_the_end_no_process_is_left_and_nothing_is_forgotten()
    {
        await using var product = await Deployment.StartIn(Deployment.NewFolder(), ["--cluster", "1"]);
        Assert.Equal(["emulator", "gateway-1", "gateway-2", "postgresql", "silo-1"], product.Processes);
        Assert.Equal(2, product.Gateways.Count);
        Assert.Equal("accepted", (await product.Tracker.Alert("kept-1", "kept-1.e")).Outcome);

        foreach (string name in product.Processes)
        {
            int former = product.Pid(name);
            await Deployment.Signal("KILL", former);
            string command = name == "emulator" ? "slack-emulator" : name == "postgresql" ? "postgres" : "threadgrains";
            // A server that finds a child of the one killed ends at once, and is started once more.
            await Eventually.Get(
                () => Task.FromResult((Pid: product.Pid(name), Command: CommandOf(product.Pid(name)))),
                seen => seen.Pid != former && seen.Command.Contains(command, StringComparison.Ordinal),
                Patience,
                $"{name} is started again",
                seen => $"{seen}. {product.Output}");
        }

        var receipt = await Tracker.Until(() => product.Gateways[1].Note("kept-1", "kept-1.1", "Still here"), Eventually.Pause, Patience);
        Assert.Equal((2L, "accepted"), (receipt.Sequence, receipt.Outcome));

        var env = product.Env;
        int[] processes = [.. product.Processes.Select(product.Pid)];
        int[] sessions = [.. Backends(product)];
        Assert.NotEmpty(sessions);
        Assert.Equal(0, await product.Stop());
        Assert.All(processes.Concat(sessions), process => Assert.Equal("", CommandOf(process)));
        Assert.Empty(product.Processes);
        Assert.False(File.Exists(Path.Combine(product.Folder, "local.env")));

        await product.StartAgain();
        Assert.Equal((env["THREADGRAINS_API_KEY"], env["SLACK_SIGNING_SECRET"]), (product.Env["THREADGRAINS_API_KEY"], product.Env["SLACK_SIGNING_SECRET"]));
        Assert.Equal(2, (await product.Tracker.Get("/v1/groups/kept-1")).GetProperty("sequence").GetInt64());
    }

    [Theory]
    [InlineData]
    [InlineData("--cluster", "1")]
    public async Task When_run_itself_is_killed_all_that_it_started_ends_cleanly_and_the_next_start_goes_on(params string[] flags)
    {
        await using var product = await Deployment.StartIn(Deployment.NewFolder(), flags);
        Assert.Equal("accepted", (await product.Tracker.Alert("kept-2", "kept-2.e")).Outcome);
        int[] processes = [.. product.Processes.Select(product.Pid).Concat(Backends(product)).Distinct()];
        Assert.InRange(processes.Length, 2, 100);

        await product.KillLauncher();

        await Eventually.Get(
            () => Task.FromResult(processes.Concat(Backends(product)).Select(CommandOf).Where(command => command.Length > 0).ToList()),
            left => left.Count == 0,
            Patience,
            "all have ended",
            left => $"{string.Join('\n', left)}\n{product.Output}");
        // PostgreSQL takes its file away only where it was shut down, not where it was killed.
        Assert.False(File.Exists(Path.Combine(product.Folder, "postgresql", "postmaster.pid")));

        await product.StartAgain();
        Assert.Equal(2, (await Tracker.Until(() => product.Tracker.Note("kept-2", "kept-2.1", "Still here"), Eventually.Pause, Patience)).Sequence);
    }

    /// <summary>Empty for a process that is gone, or that has ended and waits for its parent to take notice.</summary>
    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Every process of the server works in its data folder.</summary>
    private static IEnumerable<int> Backends(Deployment product) =>
        from process in Process.GetProcesses()
        where WorksIn(process.Id) == Path.Combine(product.Folder, "postgresql")
        select process.Id;

    private static string? WorksIn(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
