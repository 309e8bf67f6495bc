namespace ThreadGrains.Ledger.Sql;

/// <summary>The limits of settings.</summary>
internal static class Limits
{
    /// <exception cref="ArgumentException">The setting is out of its limits.</exception>
    public static void Within(int value, int most, string name)
    {
        if (value < 1 || value > most)
        {
            throw new ArgumentException($"{name} must lie between 1 and {most}; it is {value}.");
        }
    }
}
