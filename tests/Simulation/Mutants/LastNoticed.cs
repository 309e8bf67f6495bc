namespace ThreadGrains.Simulation.Mutants;

/// <summary>
/// The seed that noticed each mutant last: tried first, since it most likely still does. A seed that has gone stale costs one run,
/// and then others are tried; whoever has the time writes down the new one, as the hunt prints it.
/// </summary>
internal static class LastNoticed
{
    public static int? By(string mutant) => Seeds.TryGetValue(mutant, out int seed) ? seed : null;

    private static readonly Dictionary<string, int> Seeds = new()
    {
        ["no_claim"] = 35,
        ["claim_without_epoch"] = 8,
        ["two_in_flight"] = 60,
    };
}
