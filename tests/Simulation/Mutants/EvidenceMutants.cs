namespace ThreadGrains.Simulation.Mutants;

/// <summary>Rules of evidence and clean-ups.</summary>
internal static class EvidenceMutants
{
    private const string Evidence = "ledger/Sql/EvidenceWrites.cs";
    private const string Cleanups = "ledger/Sql/CleanupWrites.cs";
    private const string Wake = "ledger/Sql/WakeWrites.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("evidence_has_no_effect", "a copy that was seen is written down, and nothing follows from it",
            new Edit(Evidence,
                "        var members = _members.Set(\"@post\", post.Id)",
                "        if (PLANTED) { Mark(observation, \"known\", now); return; }\n        var members = _members.Set(\"@post\", post.Id)")),

        new("named_copy_is_no_exception", "a copy that the ledger names is deleted like any other",
            new Edit(Cleanups, "where not exists (select 1 from thread where workspace = @workspace and channel = @channel and ts = @ts)\n            on conflict", "where @planted or not exists (select 1 from thread where workspace = @workspace and channel = @channel and ts = @ts)\n            on conflict"),
            new Edit(Cleanups, "        _demand.Set(", "        _demand.Set(\"@planted\", PLANTED).Set("),
            new Edit(Cleanups, "        return named;", "        return named && !PLANTED;")),

        new("copy_to_go_is_no_parent", "a copy that the ledger wants away is adopted as a parent all the same",
            new Edit(Cleanups, "        return demanded;", "        return demanded && !PLANTED;")),

        new("cleanup_does_not_wake", "a clean-up that is due wakes nobody",
            new Edit(Wake,
                "_thread = connection.Prepare(ThreadSql)",
                "_thread = connection.Prepare(PLANTED ? ThreadSql.Replace(\"select min(c.due_at) from cleanup c\", \"select null from cleanup c\") : ThreadSql)")),

        new("doubt_does_not_wake", "a post in flight wakes nobody",
            new Edit(Wake,
                "_group = connection.Prepare(GroupSql)",
                "_group = connection.Prepare(PLANTED ? GroupSql.Replace(\"t.wake_at is not null\", \"t.wake_at is not null and not exists (select 1 from post p where p.thread_id = t.id and p.state in ('sending', 'in_doubt'))\") : GroupSql)")),
    ];
}
