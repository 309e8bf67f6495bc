using ThreadGrains.Simulation.Mutants;

namespace ThreadGrains.Simulation.Promises;

/// <summary>The simulation is tested as well: each rule of the product is taken away once, and it has to notice. <c>bench/simulate --mutants</c> hunts them.</summary>
public sealed class Noticing
{
    [Fact]
    public void There_are_mutants_of_every_part_and_each_has_a_name_of_its_own()
    {
        Assert.InRange(Mutant.All.Count, 15, 100);
        Assert.Equal(Mutant.All.Count, Mutant.All.Select(mutant => mutant.Name).Distinct().Count());
        Assert.All(Mutant.All, mutant => Assert.Contains(mutant.Edits, edit => edit.Replace.Contains(Mutant.IsAwake, StringComparison.Ordinal)));
    }
}
