namespace ThreadGrains.Simulation.Mutants;

/// <summary>Rules of accepting, owning and recovering.</summary>
internal static class GroupMutants
{
    private const string Turns = "ledger/Sql/TurnWrites.cs";
    private const string Queue = "grains/Groups/TurnQueue.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("dedupe_by_read", "whether an id was used is read before the commit, and not decided by the unique index",
            new Edit(Turns,
                "_key = session.Connection.Prepare(KeySql)",
                "_key = session.Connection.Prepare(PLANTED ? KeySql.Replace(\"activity_key.expires_at <= @now\", \"(activity_key.expires_at <= @now or activity_key.kind = 'activity')\") : KeySql)"),
            new Edit(Queue,
                "if (DecidedWithoutKey(requests[i], decision.Answers[i]) is var (kind, id)",
                "if ((PLANTED && requests[i] is TurnRequest.ActivityTold { Activity.Id: var told } && !known.ContainsKey((\"activity\", told)) ? ((string, string)?)(\"activity\", told) : DecidedWithoutKey(requests[i], decision.Answers[i])) is var (kind, id)")),

        new("accept_unfenced", "accepting does not ask for the current epoch",
            new Edit(Turns,
                "_group = session.Connection.Prepare(GroupSql)",
                "_group = session.Connection.Prepare(PLANTED ? GroupSql.Replace(\"epoch = @epoch\", \"(epoch = @epoch or 1 = 1)\").Replace(\"(@takeOver or owner = @owner)\", \"(@takeOver or owner = @owner or 1 = 1)\") : GroupSql)")),

        new("turn_not_rolled_back", "a turn that cannot be taken leaves what it had written before it found out",
            new Edit(Turns,
                "Drop(TurnOutcome outcome) => Decision<TurnOutcome>.Dropping(outcome);",
                "Drop(TurnOutcome outcome) => PLANTED ? Decision<TurnOutcome>.Keeping(outcome) : Decision<TurnOutcome>.Dropping(outcome);")),

        new("receipt_before_commit", "the receipt does not wait for what the ledger says",
            new Edit(Queue,
                "                case TurnOutcome.Unavailable unavailable:\n",
                "                case TurnOutcome.Unavailable when PLANTED:\n                    return [.. decision.Answers];\n                case TurnOutcome.Unavailable unavailable:\n")),

        new("reopened_not_remembered", "a thread that was opened again is not remembered by the owner that opened it",
            new Edit("grains/Groups/GroupOperations.cs", "whenWritten: () => owner.Reopened(work.Thread)", "whenWritten: PLANTED ? null : () => owner.Reopened(work.Thread)")),

        new("reopened_passed_by", "a turn that waited while a thread was opened again is written as it was decided before",
            new Edit(Queue, "fence => HasGained(before) ?", "fence => !PLANTED && HasGained(before) ?")),

        new("late_read_believed", "what a driver read under an older epoch counts",
            new Edit("grains/Delivery/ThreadDriver.cs", "if (work.Epoch < context.Ownership.Epoch)", "if (!PLANTED && work.Epoch < context.Ownership.Epoch)")),

        new("recovery_skips_live_owners", "a group whose owner lives is never woken, however late it is",
            new Edit("grains/Recovery/RecoveryShare.cs", "now - AnyOwnerDelay", "PLANTED ? DateTimeOffset.UnixEpoch : now - AnyOwnerDelay")),
    ];
}
