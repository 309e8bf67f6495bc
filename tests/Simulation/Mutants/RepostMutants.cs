namespace ThreadGrains.Simulation.Mutants;

/// <summary>Rules of a thread that takes the place of one whose parent is gone.</summary>
internal static class RepostMutants
{
    private const string Claims = "ledger/Sql/ClaimWrites.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("recap_goes_at_once", "a recap does not wait for what is in flight in the former thread",
            new Edit(Claims, "if (!RecapIsRipe(claim)", "if ((!PLANTED && !RecapIsRipe(claim))"),
            new Edit("grains/Delivery/DeliveryEngine.cs", "if (work.Recap is { Waits: true })", "if (!PLANTED && work.Recap is { Waits: true })")),

        new("recap_of_what_waits_only", "what is in flight when its parent turns out to be gone is not told by the recap",
            new Edit("ledger/Sql/RepostWrites.cs",
                "_mark = session.Connection.Prepare(MarkSql)",
                "_mark = session.Connection.Prepare(PLANTED ? MarkSql.Replace(\"'pending', 'sending', 'in_doubt'\", \"'pending'\") : MarkSql)")),

        new("repost_not_remembered", "the thread that takes another's place is not remembered by the owner that closed that one",
            new Edit("grains/Groups/GroupOwner.cs", "var next = row.RepostedAs is { } reposted", "var next = !PLANTED && row.RepostedAs is { } reposted")),
    ];
}
