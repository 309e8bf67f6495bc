namespace ThreadGrains.Simulation.Mutants;

/// <summary>Rules of what an outcome means.</summary>
internal static class OutcomeMutants
{
    private const string Driver = "grains/Delivery/ThreadDriver.cs";
    private const string Engine = "grains/Delivery/DeliveryEngine.cs";
    private const string Editor = "grains/Delivery/ParentEditor.cs";
    private const string Results = "ledger/Sql/ResultWrites.cs";

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("retry_on_timeout", "an unknown outcome is tried again like a refusal",
            new Edit(Engine,
                "            PostOutcome.Unknown u => new(",
                "            PostOutcome.Unknown u when PLANTED => new(Retry(head, u.Evidence, now, jitter, rules), new LaneReport.Ended()),\n            PostOutcome.Unknown u => new(")),

        new("not_slack_is_failure", "an answer that is not Slack's is taken for surely not posted",
            new Edit(Engine,
                "            PostOutcome.NotSlack n => new(",
                "            PostOutcome.NotSlack n when PLANTED => new(new PostResult.TryAgain(now, n.Status, UsesAttempt: false), new LaneReport.NotSlack(n.Status)),\n            PostOutcome.NotSlack n => new(")),

        new("internal_error_is_failure", "internal_error is taken for surely not posted",
            new Edit("slack/WebApi/SlackErrors.cs",
                "        if (Table.TryGetValue(code, out var known))",
                "        if (PLANTED && code == \"internal_error\") { return ErrorClass.RetryLater; }\n        if (Table.TryGetValue(code, out var known))")),

        new("landing_not_checked", "ok is enough: where the reply landed is not compared",
            new Edit(Engine, "PostOutcome.Posted p when isRoot || (p.HasMessage", "PostOutcome.Posted p when PLANTED || isRoot || (p.HasMessage")),

        new("result_by_thread_not_token", "a result that comes late is written to whatever post of the thread is in flight now",
            new Edit(Results,
                "    private readonly Statement _doubt =",
                "    private readonly Statement _present = session.Connection.Prepare(\"select id from post where thread_id = @thread and state in ('sending', 'in_doubt')\");\n    private readonly Statement _doubt ="),
            new Edit(Results,
                "        if (post.IsInFlight)\n        {\n            Write(post, result, now);",
                "        if (PLANTED && !post.IsInFlight && _present.Set(\"@thread\", post.Thread).One(row => (object)row.Id(0)) is Guid present) { post = Find(present)!; }\n        if (post.IsInFlight)\n        {\n            Write(post, result, now);")),

        new("root_skipped_when_dead", "a dead announcement does not take its thread along",
            new Edit(Results, "closes: post.Kind == PostKind.Root, null, now);", "closes: post.Kind == PostKind.Root && !PLANTED, null, now);")),

        new("cleanup_not_durable", "an orphan is deleted by whoever posted it, and not written down",
            new Edit(Results,
                "                session.Cleanups.Demand(post, orphaned.Ts, \"orphan\", now);",
                "                if (!PLANTED) { session.Cleanups.Demand(post, orphaned.Ts, \"orphan\", now); }"),
            new Edit(Driver,
                "        var settled = await Settle(post, WithRepost(decision.Result));\n",
                "        var settled = await Settle(post, WithRepost(decision.Result));\n        if (PLANTED && decision.Result is PostResult.Orphaned orphan) { await context.Slack.Delete(work.Thread.Channel, SlackTs.Parse(orphan.Ts), stopping); }\n")),

        new("edit_not_repeated_after_doubt", "an edit whose outcome is unknown counts as shown",
            new Edit(Editor,
                "        CallOutcome<UpdatedMessage>.Unknown =>",
                "        CallOutcome<UpdatedMessage>.Unknown when PLANTED => new EditResult.Shown(claimed.Revision),\n        CallOutcome<UpdatedMessage>.Unknown =>")),

        new("edit_repeated_at_once", "after an unknown outcome the next card is sent before the bytes of the last are dead",
            new Edit(Editor,
                "        CallOutcome<UpdatedMessage>.Unknown => new EditResult.TryAgain(claimed",
                "        CallOutcome<UpdatedMessage>.Unknown when PLANTED => new EditResult.TryAgain(now),\n        CallOutcome<UpdatedMessage>.Unknown => new EditResult.TryAgain(claimed")),
    ];
}
