using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Mutants;

/// <summary>Rules of doubt: when it begins, how it is looked for, and when it may end.</summary>
internal static class DoubtMutants
{
    private const string Driver = "grains/Delivery/ThreadDriver.cs";
    private const string Engine = "grains/Delivery/DeliveryEngine.cs";
    private const string Reader = "grains/Delivery/ThreadReader.cs";
    private const string Doubts = "ledger/Sql/DoubtWrites.cs";
    private const string Claims = "ledger/Sql/ClaimWrites.cs";
    private const string Page = "slack/WebApi/ReadMessage.cs";

    private const string BeginDoubt = "                var begun = await Fenced(fence => context.Ledger.StepDoubt(fence, doubt.Row.Id, new DoubtStep.Begin(doubt.ReadAt), stopping), stopping);";
    private const string Verify = "        var (copies, retryAfter, refused) = await _reader.LookForCopies(work.Thread, sent, work.VerifySince ?? sent.ClaimedAt, stopping);";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("read_back_once", "one look that does not find it is taken as proof",
            new Edit(Engine, "ReadEvidence.Absent when post.AbsentReads == 0 =>", "ReadEvidence.Absent when post.AbsentReads == 0 && !PLANTED =>"),
            new Edit(Doubts, "case DoubtStep.Absent when post.AbsentReads >= 1:", "case DoubtStep.Absent when post.AbsentReads >= 1 || PLANTED:"),
            new Edit(Doubts, "case DoubtStep.ParentGone gone when post.AbsentReads >= 1:", "case DoubtStep.ParentGone gone when post.AbsentReads >= 1 || PLANTED:")),

        new("reads_without_gap", "the two looks come one right after the other",
            new Edit(Engine, "now + (post.KnownEnd ? rules.Times", "now + (PLANTED ? TimeSpan.Zero : post.KnownEnd ? rules.Times")),

        new("foreign_row_taken_at_once", "a row in sending is taken for lost before its deadline",
            new Edit(Engine, "PostState.Sending when now < inFlight.NotAfter =>", "PostState.Sending when now < inFlight.NotAfter && !PLANTED =>"),
            new Edit(Engine, "inFlight.NotAfter + times.UnknownEndFirstRead)", "PLANTED ? now : inFlight.NotAfter + times.UnknownEndFirstRead)"),
            new Edit(Doubts, "_begin = session.Connection.Prepare(BeginSql)", "_begin = session.Connection.Prepare(PLANTED ? BeginSql.Replace(\"and not_after <= @now\", \"\") : BeginSql)")),

        new("found_sending_sent_again", "a new owner sends again what it finds in sending, without a look",
            new Edit(Driver, BeginDoubt,
                """
                                if (PLANTED)
                                {
                                    await Fenced(fence => context.Ledger.StepDoubt(fence, doubt.Row.Id, new DoubtStep.Begin(work.Now), stopping), stopping);
                                    await Fenced(fence => context.Ledger.StepDoubt(fence, doubt.Row.Id, new DoubtStep.AbsentOnce(work.Now), stopping), stopping);
                                    return Again(await Fenced(fence => context.Ledger.StepDoubt(fence, doubt.Row.Id, new DoubtStep.Absent(), stopping), stopping));
                                }

                """ + BeginDoubt)),

        new("first_page_only", "a look ends with the first page",
            new Edit(Page, "            root.Child(\"response_metadata\")?.TextOrNull(\"next_cursor\"),", "            PLANTED ? null : root.Child(\"response_metadata\")?.TextOrNull(\"next_cursor\"),"),
            new Edit(Page, "            root.Flag(\"has_more\") ?? false);", "            !PLANTED && (root.Flag(\"has_more\") ?? false));")),

        new("no_look_in_the_channel", "a reply is looked for in its thread alone, also where the parent is gone",
            new Edit(Reader, "if (replies.Trouble is not null || (!replies.ParentGone", "if (PLANTED || replies.Trouble is not null || (!replies.ParentGone")),

        new("replay_out_of_doubt_without_reading", "what died out of doubt is replayed without a look for it",
            new Edit(Engine, "        if (head.DoubtPost is { } doubtful)", "        if (!PLANTED && head.DoubtPost is { } doubtful)"),
            new Edit(Claims,
                "private readonly Statement _list =",
                "private readonly Statement _unread = session.Connection.Prepare(MemberSql.Replace(\"and doubt_post is null\", \"\"));\n    private readonly Statement _list ="),
            new Edit(Claims, "            if (_member.Run() == 0)", """
                            if (PLANTED)
                            {
                                _unread.Set("@post", claim.Post).Set("@delivery", claim.Members[i]).Set("@thread", claim.Thread).Set("@kind", Words.Of(claim.Kind)).Set("@now", now);
                            }

                            if ((PLANTED ? _unread : _member).Run() == 0)
                """))
        {
            Weather = Weather.HastyOperators,
        },

        new("late_copy_not_looked_for", "what was sent again out of doubt is not verified",
            new Edit(Driver,
                Verify, "        if (PLANTED) { return Again(await context.Ledger.SettleVerification(sent.Id, null, stopping)); }\n" + Verify)),

        new("closing_ends_doubts", "closing a thread cancels what is under way or in doubt, as if it were known not to stand there",
            new Edit("ledger/Sql/ClosingWrites.cs",
                "_cancel = connection.Prepare(CancelSql)",
                "_cancel = connection.Prepare(PLANTED ? CancelSql.Replace(\"state = 'pending' and \", \"\") : CancelSql)")),
    ];
}
