using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Mutants;

/// <summary>
/// One rule of the product taken away, to see that the simulation notices. The change is made to the product's own source, in a
/// copy that is built for this alone (<see cref="PlantedBuild"/>); what is shipped holds none of it. All mutants are in that one
/// build, asleep, and one at a time is woken by its name.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="What">The rule that is missing.</param>
/// <param name="Edits">The changes.</param>
internal sealed record Mutant(string Name, string What, params Edit[] Edits)
{
    /// <summary>Stands in the replacements for "this mutant is awake".</summary>
    public const string IsAwake = "PLANTED";

    /// <summary>Where the process says which mutant is awake: both sides know it, and nothing has to refer to anything.</summary>
    public const string Switch = "ThreadGrains.Mutant";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Mutant> All { get; } = [.. ClaimMutants.All, .. DoubtMutants.All, .. OutcomeMutants.All, .. EvidenceMutants.All, .. GroupMutants.All, .. RepostMutants.All];

    /// <summary>What it takes to be noticed; null: any weather will do. Where one is named, thousands of seeds of any weather may pass it by.</summary>
    public Weather? Weather { get; init; }

    /// <summary>A change of the ledger's SQL shows on a real ledger only.</summary>
    public bool NeedsSqlite => Edits.Any(edit => edit.File.StartsWith("ledger/", StringComparison.Ordinal));

    /// <summary>The condition as the planted source writes it.</summary>
    public string Condition => $"(System.AppContext.GetData(\"{Switch}\") as string == \"{Name}\")";
}

/// <summary>One change of a file: a text that stands in it exactly once, and what stands there instead.</summary>
/// <param name="File">Its path from the repository's root.</param>
/// <param name="Find">What stands there. A mutant whose text is gone fails the build: it has to move with the product.</param>
/// <param name="Replace">What stands there instead.</param>
internal sealed record Edit(string File, string Find, string Replace);
