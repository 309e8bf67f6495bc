namespace ThreadGrains.Ledger.Tests;

/// <summary>What an operator watches, and the trace that goes with an activity.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task An_empty_ledger_has_nothing_to_count()
    {
        Assert.Equal(new LedgerTotals(0, 0, 0, 0, 0, null, null, null), await Ledger.Totals(null, default));
        Assert.Equal(new LedgerTotals(0, 0, 0, 0, 0, null, null, null), await Ledger.Totals("\0", default));
    }

    [Fact]
    public async Task Totals_count_each_delivery_that_has_not_ended_once_by_what_it_waits_for_and_say_since_when()
    {
        var group = _world.Group("g1");
        var waiting = await group.Open("C1");
        var parked = await group.Open("C2");
        var doubtful = await group.Open("C3");
        var deadly = await group.Open("C4");
        var sending = await group.Open("C5");
        var quiet = await group.Open("C6");

        var oldestParked = _world.Now;
        await group.Accept(parked, 2);
        Assert.Equal(WriteOutcome.Done, await Ledger.Park(group.Fence, parked, "is_archived", In(60), default));
        Clock.Advance(TimeSpan.FromSeconds(3));
        var oldestPending = _world.Now;
        await group.Accept(waiting, 3);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await group.Accept(doubtful);
        Clock.Advance(TimeSpan.FromSeconds(3));
        var oldestInDoubt = _world.Now;
        await group.Doubt(doubtful);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await group.Accept(deadly);
        await _world.Settles(await group.Claim(deadly), new PostResult.Dead("msg_too_long"));
        await group.Accept(sending);
        await group.Claim(sending);
        await group.Accept(quiet);
        await group.Send(quiet);

        var acme = new LedgerTotals(3, 2, 1, 1, 1, oldestPending, oldestParked, oldestInDoubt);
        Assert.Equal(acme, await Ledger.Totals("acme", default));
        Assert.Equal(new LedgerTotals(0, 0, 0, 0, 0, null, null, null), await Ledger.Totals("other", default));

        Clock.Advance(TimeSpan.FromSeconds(3));
        await _world.Group("g1", "other").Announce("C7");
        Assert.Equal(new LedgerTotals(1, 0, 0, 0, 0, _world.Now, null, null), await Ledger.Totals("other", default));
        Assert.Equal(acme with { Pending = 4 }, await Ledger.Totals(null, default));
    }

    [Fact]
    public async Task The_trace_of_a_request_stays_with_its_activity_until_it_is_posted()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var group = _world.Group();
        var thread = await group.Open();
        var turn = group.Turn([thread], [thread]);
        await group.Commit(turn with { Activities = [turn.Activities[0] with { Trace = trace }, turn.Activities[1]] });
        await _world.Store.Reopen();

        Assert.Equal([trace, null], (await _world.Read(thread)).Pending.Select(delivery => delivery.Activity.Trace));
        await group.Claim(thread);
        Assert.Equal(trace, Assert.Single((await _world.Read(thread)).InFlightMembers).Activity.Trace);
    }

    [Fact]
    public async Task A_taken_turn_says_how_many_writes_its_commit_carried()
    {
        var outcome = await Ledger.CommitTurn(_world.Group().AlertTurn(out _), default);
        Assert.Equal(1, Assert.IsType<TurnOutcome.Taken>(outcome).BatchSize);
    }
}
