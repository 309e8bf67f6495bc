namespace ThreadGrains.Simulation.Mutants;

/// <summary>Rules of the claim and of the window.</summary>
internal static class ClaimMutants
{
    private const string Driver = "grains/Delivery/ThreadDriver.cs";
    private const string Engine = "grains/Delivery/DeliveryEngine.cs";
    private const string Claims = "ledger/Sql/ClaimWrites.cs";
    private const string Window = "slack/WebApi/SendWindow.cs";

    private const string PreparePost = "_post = session.Connection.Prepare(PostSql)";
    private const string PrepareMember = "_member = session.Connection.Prepare(MemberSql)";
    private const string LongerOfBoth = "            return monotonic > wall ? monotonic : wall;";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("no_claim", "what the ledger says to a claim is not heard: it is sent all the same",
            new Edit(Driver,
                "            case ClaimOutcome.NotNow or ClaimOutcome.Fenced:\n",
                "            case ClaimOutcome.NotNow or ClaimOutcome.Fenced when PLANTED:\n                break;\n            case ClaimOutcome.NotNow or ClaimOutcome.Fenced:\n")),

        new("claim_without_epoch", "the claim does not ask for the current epoch",
            new Edit(Claims, "if (!session.Fencing.Pass(claim.Fence))", "if (!(PLANTED && !claim.Fence.TakeOver) && !session.Fencing.Pass(claim.Fence))")),

        new("two_in_flight", "neither index nor claim allows only one post in flight per thread",
            new Edit(Claims, PreparePost, "_post = session.Connection.Prepare(PLANTED ? PostSql.Replace(\"p.state in ('sending', 'in_doubt')\", \"1 = 0\") : PostSql)"),
            new Edit(Claims,
                "private readonly Statement _recap =",
                "private readonly Statement _anyMember = session.Connection.Prepare(MemberSql.Replace(\"e.state in ('pending', 'sending', 'in_doubt')\", \"e.state in ('pending', 'in_doubt')\"));\n    private readonly Statement _recap ="),
            new Edit(Claims, "            _member.Set(\"@post\", claim.Post)", "            var _member = PLANTED ? _anyMember : this._member;\n            _member.Set(\"@post\", claim.Post)"),
            new Edit("ledger/Sqlite/LedgerFile.cs",
                "            Ask(\"pragma cache_size = -65536\");",
                "            Ask(\"pragma cache_size = -65536\");\n            if (PLANTED) { Ask(\"drop index if exists post_in_flight\"); }"),
            new Edit(Engine,
                "        if (inFlight is not null)\n",
                "        if (inFlight is not null && !(PLANTED && inFlight.State == PostState.Sending && now < inFlight.NotAfter && work.Pending.Count > 0))\n")),

        new("order_by_due", "a delivery that waits for its retry does not hold back the next one",
            new Edit(Claims, PrepareMember, "_member = session.Connection.Prepare(PLANTED ? MemberSql.Replace(\"e.position < delivery.position\", \"1 = 0\") : MemberSql)"),
            new Edit(Driver, "_permitted ? DigestChoice.MaxMembers : 1", "PLANTED ? 10 : _permitted ? DigestChoice.MaxMembers : 1"),
            new Edit(Engine,
                "        var thread = work.Thread;\n        if (thread.State == ThreadState.Closed)",
                "        if (PLANTED) { work = work with { Pending = [.. work.Pending.OrderBy(delivery => delivery.DueAt > now)] }; }\n        var thread = work.Thread;\n        if (thread.State == ThreadState.Closed)")),

        new("window_not_checked", "no look at the clocks before the bytes go out",
            new Edit(Window, "public bool AllowsFirstByte => Elapsed", "public bool AllowsFirstByte => PLANTED || Elapsed"),
            new Edit(Window, "public TimeSpan CallTimeLeft => _limits", "public TimeSpan CallTimeLeft => PLANTED ? _limits.CallWithin : _limits")),

        new("monotonic_clock_only", "the window asks the monotonic clock alone",
            new Edit(Window, LongerOfBoth, "            if (PLANTED) { return monotonic; }\n" + LongerOfBoth)),

        new("wall_clock_only", "the window asks the wall clock alone",
            new Edit(Window, LongerOfBoth, "            if (PLANTED) { return wall; }\n" + LongerOfBoth)),

        new("window_from_answer", "the window is counted from the claim's answer, not from before the call",
            new Edit(Driver,
                "            case ClaimOutcome.Claimed:\n                break;",
                "            case ClaimOutcome.Claimed:\n                if (PLANTED) { window = context.Slack.OpenWindow(); }\n                break;")),
    ];
}
