namespace ThreadGrains.Ledger.Tests;

/// <summary>What is due, reports, and history.</summary>
public abstract partial class LedgerContract
{
    private static DueQuery Due(DateTimeOffset dead, DateTimeOffset any, string[]? live = null, int share = 0, int shares = 1, int limit = 200) =>
        new(live ?? ["silo-1"], dead, any, share, shares, limit);

    private async Task<string[]> DueNames(DueQuery query) => [.. (await Ledger.DueGroups(query, default)).Select(name => name.Group)];

    [Fact]
    public async Task Due_are_groups_of_the_dead_soon_and_of_the_living_later_oldest_first()
    {
        var (first, second) = (_world.Group("g1"), _world.Group("g2"));
        await first.Announce("C1");
        Clock.Advance(TimeSpan.FromSeconds(1));
        var turn = second.AlertTurn(out _, "C2");
        await second.Commit(turn with { Fence = turn.Fence with { Owner = "silo-2" } });
        Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(await DueNames(Due(In(-20), In(-60))));
        Assert.Equal(["g2"], await DueNames(Due(In(-5), In(-60))));
        Assert.Equal(["g1"], await DueNames(Due(In(-5), In(-60), live: ["silo-2", "silo-3"])));
        Assert.Equal(["g1", "g2"], await DueNames(Due(In(-5), In(-60), live: [])));
        Assert.Empty(await DueNames(Due(In(-5), In(-60), live: ["silo-1", "silo-2"])));
        Assert.Equal(["g1", "g2"], await DueNames(Due(In(-5), In(-5), live: ["silo-1", "silo-2"])));
        Assert.Equal(["g1"], await DueNames(Due(In(-5), In(-5), limit: 1)));
        Assert.Equal(["g1", "g2"], await DueNames(Due(In(-5), In(-5), share: 1, shares: 2)));      // bucket 7
        Assert.Empty(await DueNames(Due(In(-5), In(-5), share: 0, shares: 2)));
    }

    [Fact]
    public async Task Threads_with_work_are_those_due_by_the_moment_or_at_any_time()
    {
        var group = _world.Group();
        var (one, two, idle) = (await group.Open("C1"), await group.Open("C2"), await group.Open("C3"));
        await group.Accept(one);
        await group.Accept(two);
        await _world.Settles(await group.Claim(two), new PostResult.TryAgain(In(60), "x", true));
        Assert.Equal([one], await Ledger.ThreadsWithWork(group.Id, In(0), default));
        Assert.Equal([one, two], await Ledger.ThreadsWithWork(group.Id, In(60), default));
        Assert.Equal([one, two], await Ledger.ThreadsWithWork(group.Id, null, default));
        Assert.DoesNotContain(idle, await Ledger.ThreadsWithWork(group.Id, null, default));
    }

    [Fact]
    public async Task Deliveries_are_reported_by_each_filter_page_by_page_and_to_their_organization_alone()
    {
        var (group, thread, replies) = await OpenWith(5);
        var other = _world.Group("g2");
        var elsewhere = await other.Announce("C2");
        var foreign = _world.Group("g1", "other");
        await foreign.Announce("C3");
        await group.Send(thread);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        await group.Doubt(thread);

        async Task<int> Count(DeliveryQuery query) => (await Ledger.ReportDeliveries(query, default)).Count;
        Assert.Equal(7, await Count(new("acme")));
        Assert.Equal(1, await Count(new("other")));
        Assert.Equal(0, await Count(new("nobody")));
        Assert.Equal(6, await Count(new("acme", Group: "g1")));
        Assert.Equal(2, await Count(new("acme", State: DeliveryState.Sent)));
        Assert.Equal(1, await Count(new("acme", State: DeliveryState.Dead)));
        Assert.Equal(1, await Count(new("acme", State: DeliveryState.InDoubt)));
        Assert.Equal(3, await Count(new("acme", State: DeliveryState.Pending)));
        Assert.Equal(2, await Count(new("acme", State: DeliveryState.Pending, Channel: "C1")));
        Assert.Equal(1, await Count(new("acme", Reason: "msg_too_long")));
        Assert.Equal(1, await Count(new("acme", Channel: "C2")));
        Assert.Equal(0, await Count(new("acme", Workspace: "T2")));
        Assert.Equal(1, await Count(new("acme", Delivery: replies[0])));
        Assert.Equal(0, await Count(new("other", Delivery: replies[0])));

        var pages = new List<Guid>();
        for (Guid? after = null; ;)
        {
            var page = await Ledger.ReportDeliveries(new("acme", After: after, Limit: 3), default);
            if (page.Count == 0)
            {
                break;
            }

            pages.AddRange(page.Select(delivery => delivery.Id));
            after = page[^1].Id;
        }

        Assert.Equal(7, pages.Distinct().Count());
        Assert.Equal(pages.Order(Comparer<Guid>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))), pages);
        var report = await _world.Delivery(replies[0]);
        Assert.Equal(("g1", DeliveryKind.Reply, "T1", "C1", 2L, 1), (report.Group, report.Kind, report.Workspace, report.Channel, report.Sequence, report.Attempts));
        Assert.Equal((await _world.Thread(group, thread)).Ts, report.ThreadTs);
        Assert.NotNull(await Ledger.ReadThread(elsewhere, 1, default));
    }

    [Fact]
    public async Task History_takes_what_is_finished_and_old_and_reports_go_on_showing_it()
    {
        var (group, thread, replies) = await OpenWith(5);
        await group.Send(thread);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        var absent = await group.AbsentTwice(thread);
        // What was sent again out of doubt is looked for once more, and stays until that is done.
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleVerification((await group.Send(thread)).Post, null, default));
        var doubted = await group.Doubt(thread);
        var before = await Ledger.ReportDeliveries(new("acme"), default);
        var row = await _world.Thread(group, thread);

        Assert.Equal(0, await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default));
        Clock.Advance(TimeSpan.FromSeconds(1));
        int moved = await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default);
        Assert.True(moved > 0);
        Assert.Equal(0, await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default));

        Assert.Equal(before, await Ledger.ReportDeliveries(new("acme"), default));
        Assert.Equal(before, await Ledger.ReportDeliveries(new("acme", Group: "g1"), default));
        Assert.Equal(row, await _world.Thread(group, thread));
        Assert.Equal(3, (await Ledger.ReportDeliveries(new("acme", State: DeliveryState.Sent), default)).Count);
        Assert.Null(await Ledger.ReadPost(absent, default));
        Assert.NotNull((await Ledger.ReadThread(thread, 0, default))!.RootPost);   // its marker goes with every edit
        await _world.Conserves();

        // What has not ended and what died stays, and goes on.
        Assert.NotNull(await Ledger.ReadPost(doubted, default));
        Assert.Equal([ReplayOutcome.Replayed], await Ledger.Replay(group.Fence, [replies[1]], default));
        await _world.Settles(doubted, new PostResult.Sent("1700000900.000000"));
        await group.Send(thread);
        await group.Send(thread);
        Assert.NotNull(await Ledger.FindGroupOfMessage("T1", "C1", row.Ts!, null, default));
        await _world.Conserves();
    }

    [Fact]
    public async Task History_leaves_alone_what_evidence_verification_or_a_cleanup_still_needs()
    {
        var (group, thread, replies) = await OpenWith(2);
        var first = await group.AbsentTwice(thread);
        var second = await group.Claim(thread);
        await _world.Settles(second, new PostResult.Sent("1700000900.950000", In(60)));
        Clock.Advance(TimeSpan.FromDays(1));
        await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default);
        Assert.NotNull(await Ledger.ReadPost(second, default));

        await Ledger.SettleVerification(second, null, default);
        var seen = await Sees(thread, first, "1700000900.900000");
        await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default);
        Assert.NotNull(await Ledger.ReadPost(first, default));
        Assert.NotNull(await Ledger.ReadPost(second, default));

        await Ends(group, seen);
        await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default);
        var cleanup = Assert.Single((await _world.Read(thread)).Cleanups);
        await Ledger.SettleCleanup(cleanup.Id, null, default);
        await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default);
        Assert.Null(await Ledger.ReadPost(first, default));
        Assert.Null(await Ledger.ReadPost(second, default));
        Assert.Equal([DeliveryState.Sent, DeliveryState.Pending], await _world.States(replies));
        Assert.Equal("1700000900.950000", (await _world.Delivery(replies[0])).SlackTs);
        await _world.Conserves();
    }

    [Fact]
    public async Task History_moves_no_more_rows_than_it_is_told_and_drops_only_keys_that_expired()
    {
        var (group, thread, _) = await OpenWith(5);
        for (int i = 0; i < 5; i++)
        {
            await group.Send(thread);
        }

        var key = (await group.Commit(group.Turn(new Guid[][] { [] }))).Keys[0];
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(4, await Ledger.MoveToHistory(Clock.GetUtcNow(), 4, default));
        while (await Ledger.MoveToHistory(Clock.GetUtcNow(), 4, default) > 0)
        {
        }

        Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(group.Turn(new Guid[][] { [] }) with { Keys = [key] }, default));
        Clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(7, await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default));      // an alert and six activities
        await group.Commit(group.Turn(new Guid[][] { [] }) with { Keys = [key] });
    }

    [Fact]
    public async Task A_delivery_may_tell_an_older_activity_as_long_as_the_group_has_it()
    {
        var (group, thread, _) = await OpenWith(1);
        var turn = group.Turn(new Guid[][] { [] }) with { Deliveries = [new NewDelivery(_world.NewId(), thread, 2, DeliveryKind.Recap)] };
        await group.Commit(turn);
        Assert.Equal([2L, 2], (await _world.Read(thread)).Pending.Select(delivery => delivery.Activity.Sequence));
        await group.Send(thread);
        await group.Send(thread);
        Clock.Advance(TimeSpan.FromSeconds(1));
        while (await Ledger.MoveToHistory(Clock.GetUtcNow(), 100, default) > 0)
        {
        }

        var late = group.Turn(new Guid[][] { [] }) with { Deliveries = [new NewDelivery(_world.NewId(), thread, 2, DeliveryKind.Recap)] };
        Assert.IsType<TurnOutcome.Refused>(await Ledger.CommitTurn(late, default));
        await _world.Conserves();
    }
}
