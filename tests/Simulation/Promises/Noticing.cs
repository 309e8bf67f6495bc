using System.Diagnostics;
using ThreadGrains.Simulation.Mutants;
using Xunit.Abstractions;

namespace ThreadGrains.Simulation.Promises;

/// <summary>The simulation is tested as well: each rule of the product is taken away once, and it has to notice.</summary>
public sealed class Noticing(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [Fact]
    public void There_are_mutants_of_every_part_and_each_has_a_name_of_its_own_and_was_noticed()
    {
        Assert.InRange(Mutant.All.Count, 15, 100);
        Assert.Equal(Mutant.All.Count, Mutant.All.Select(mutant => mutant.Name).Distinct().Count());
        Assert.Empty(Mutant.All.Select(mutant => mutant.Name).Except(LastNoticed.Names));
        Assert.All(Mutant.All, mutant => Assert.Contains(mutant.Edits, edit => edit.Replace.Contains(Mutant.IsAwake, StringComparison.Ordinal)));
    }

    /// <summary>The output says by which seed. <c>bench/simulate --mutants</c> hunts others, for one that is new.</summary>
    [Fact]
    public async Task Every_rule_that_is_taken_away_is_missed()
    {
        string program = PlantedBuild.Make(Repository.Root, Mutant.All);
        // Only one mutant can be awake in a process.
        var parts = LastNoticed.Names.Index().GroupBy(mutant => mutant.Index % Environment.ProcessorCount, mutant => mutant.Item);
        Assert.All(await Task.WhenAll(parts.Select(part => Hunt(program, part))), part => Assert.True(part.Exit == 0, part.Told));
    }

    private async Task<(int Exit, string Told)> Hunt(string program, IEnumerable<string> mutants)
    {
        string[] arguments = [program, "--hunt", "--seed", "1", .. mutants.SelectMany(mutant => new[] { "--mutant", mutant })];
        using var hunt = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string told = await hunt.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await hunt.WaitForExitAsync().WaitAsync(Patience);
        output.WriteLine(told);
        return (hunt.ExitCode, told);
    }
}
