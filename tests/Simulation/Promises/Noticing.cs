using System.Diagnostics;
using ThreadGrains.Simulation.Mutants;
using Xunit.Abstractions;

namespace ThreadGrains.Simulation.Promises;

/// <summary>The simulation is tested as well: each rule of the product is taken away once, and it has to notice.</summary>
public sealed class Noticing(ITestOutputHelper output)
{
    [Fact]
    public void There_are_mutants_of_every_part_and_each_has_a_name_of_its_own()
    {
        Assert.InRange(Mutant.All.Count, 15, 100);
        Assert.Equal(Mutant.All.Count, Mutant.All.Select(mutant => mutant.Name).Distinct().Count());
        Assert.All(Mutant.All, mutant => Assert.Contains(mutant.Edits, edit => edit.Replace.Contains(Mutant.IsAwake, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_mutant_is_noticed()
    {
        string program = PlantedBuild.Make(Root(), Mutant.All);
        using var hunt = Process.Start(new ProcessStartInfo("dotnet") { ArgumentList = { program, "--hunt", "--seed", "1" }, RedirectStandardOutput = true })!;
        string told = await hunt.StandardOutput.ReadToEndAsync();
        await hunt.WaitForExitAsync();

        output.WriteLine(told);
        Assert.True(hunt.ExitCode == 0, told);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ThreadGrains.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("ThreadGrains.sln stands in no folder above the tests.");
        }

        return folder.FullName;
    }
}
