namespace ThreadGrains.Ledger.Tests;

/// <summary>What clicks made, on its way back to the tracker.</summary>
public abstract partial class LedgerContract
{
    private Task<WriteOutcome> Settle(CallbackHead head, CallbackResult result) =>
        Ledger.SettleCallback(head.Id, head.Attempts, result, default);

    private async Task<CallbackHead> Head(TestGroup group) => Assert.IsType<CallbackHead>(await Ledger.ReadCallback(group.Id, default));

    [Fact]
    public async Task Callbacks_stand_with_the_activity_of_their_click_or_not_at_all()
    {
        var group = _world.Group();
        await group.Open();
        var turn = group.Clicked(group.Turn(new Guid[][] { [] }));
        _world.Store.Plant(PlantedFault.RefuseBeforeCommit);
        Assert.IsType<TurnOutcome.Unavailable>(await Ledger.CommitTurn(turn, default));
        Assert.Null(await Ledger.ReadCallback(group.Id, default));

        await group.Commit(turn);

        var head = await Head(group);
        Assert.Equal((turn.Callbacks[0].Id, turn.Callbacks[0].Activity, turn.Callbacks[0].Body), (head.Id, head.Activity, head.Body));
        Assert.Equal((0, 0, Clock.GetUtcNow()), (head.Attempts, head.Tries, head.DueAt));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);

        // The same click again is known by its key, and nothing is told twice.
        Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(
            turn with { Fence = group.Fence, FirstSequence = group.Next, Activities = [turn.Activities[0] with { Sequence = group.Next }], Callbacks = [turn.Callbacks[0] with { Id = _world.NewId(), Sequence = group.Next }] }, default));
        Assert.Single(await Ledger.ReportDeliveries(new DeliveryQuery("acme", Kind: DeliveryKind.Callback), default));
    }

    [Fact]
    public async Task Callbacks_of_a_group_are_told_in_order_and_what_waits_behind_the_head_is_not_due()
    {
        var group = _world.Group();
        await group.Open();
        var callbacks = await group.Click(3);
        var first = await Head(group);
        Assert.Equal(callbacks[0], first.Id);

        Assert.Equal(WriteOutcome.Done, await Settle(first, new CallbackResult.TryAgain(In(40), "retry:503")));

        var again = await Head(group);
        Assert.Equal((callbacks[0], first.Body, 1, 1, In(40)), (again.Id, again.Body, again.Attempts, again.Tries, again.DueAt));
        Assert.Equal(In(40), (await group.Load()).WakeAt);
        Assert.Equal("retry:503", (await _world.Delivery(callbacks[0])).Reason);

        await group.Click();
        Assert.Equal(In(40), (await group.Load()).WakeAt);

        Assert.Equal(WriteOutcome.Done, await Settle(again, new CallbackResult.Delivered()));
        Assert.Equal(callbacks[1], (await Head(group)).Id);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Pending, DeliveryState.Pending], await _world.States(callbacks));
        Assert.Null((await _world.Delivery(callbacks[0])).Reason);
    }

    [Fact]
    public async Task A_dead_callback_is_skipped_and_comes_back_to_its_place_with_the_same_body_when_it_is_replayed()
    {
        var group = _world.Group();
        await group.Open();
        var callbacks = await group.Click(2);
        var first = await Head(group);
        Assert.Equal([ReplayOutcome.NotDead], await Ledger.Replay(group.Fence, [callbacks[0]], default));
        Assert.Equal(WriteOutcome.Done, await Settle(first, new CallbackResult.Dead("gone")));
        Assert.Equal(callbacks[1], (await Head(group)).Id);
        var dead = await _world.Delivery(callbacks[0]);
        Assert.Equal((DeliveryState.Dead, "gone", DeliveryKind.Callback, 1, (string?)null, (string?)null), (dead.State, dead.Reason, dead.Kind, dead.Attempts, dead.Workspace, dead.Channel));

        var other = _world.Group("g2");
        await other.Open("C2");
        Assert.Equal([ReplayOutcome.NotFound], await Ledger.Replay(other.Fence, [callbacks[0]], default));
        Assert.Equal([ReplayOutcome.Fenced], await Ledger.Replay(group.Fence with { Epoch = 99 }, [callbacks[0]], default));

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([ReplayOutcome.Replayed], await Ledger.Replay(group.Fence, [callbacks[0]], default));

        var replayed = await Head(group);
        Assert.Equal((first.Id, first.Body, Clock.GetUtcNow(), 1, 0), (replayed.Id, replayed.Body, replayed.DueAt, replayed.Attempts, replayed.Tries));
        Assert.True((await _world.Delivery(callbacks[0])).Late);

        // The result of a try of before the replay is no news about the one that comes now.
        Assert.Equal(WriteOutcome.NotPossible, await Settle(first, new CallbackResult.Dead("gone")));
        Assert.Equal(WriteOutcome.Done, await Settle(replayed, new CallbackResult.Delivered()));
    }

    [Fact]
    public async Task Of_two_owners_that_tried_at_once_the_first_to_write_decides()
    {
        var group = _world.Group();
        await group.Open();
        await group.Click();
        var head = await Head(group);

        Assert.Equal(WriteOutcome.Done, await Settle(head, new CallbackResult.Delivered()));
        Assert.Equal(WriteOutcome.NotPossible, await Settle(head, new CallbackResult.Dead("callback_failed:500")));

        Assert.Null(await Ledger.ReadCallback(group.Id, default));
        Assert.Null((await group.Load()).WakeAt);
    }

    [Fact]
    public async Task A_postponed_callback_waits_visibly_without_a_try()
    {
        var group = _world.Group();
        await group.Open();
        var callback = (await group.Click())[0];

        Assert.Equal(WriteOutcome.Done, await Settle(await Head(group), new CallbackResult.Postponed(In(300), "parked:not_configured")));

        Assert.Equal((0, In(300)), ((await Head(group)).Attempts, (await Head(group)).DueAt));
        Assert.Equal("parked:not_configured", (await _world.Delivery(callback)).Reason);
        Assert.Equal(In(300), (await group.Load()).WakeAt);
    }

    [Fact]
    public async Task Callbacks_are_listed_with_deliveries_by_kind_state_and_reason_and_not_by_place()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread);
        var callbacks = await group.Click(3);
        await Settle(await Head(group), new CallbackResult.Dead("callback_failed:500"));
        await Settle(await Head(group), new CallbackResult.Delivered());

        async Task<Guid[]> Listed(DeliveryQuery query) => [.. (await Ledger.ReportDeliveries(query, default)).Select(one => one.Id)];
        Assert.Equal(callbacks, await Listed(new DeliveryQuery("acme", Kind: DeliveryKind.Callback)));
        Assert.Equal(callbacks, await Listed(new DeliveryQuery("acme", "g1", Kind: DeliveryKind.Callback)));
        Assert.Equal(5, (await Listed(new DeliveryQuery("acme", "g1"))).Length);
        Assert.Equal([callbacks[0]], await Listed(new DeliveryQuery("acme", State: DeliveryState.Dead)));
        Assert.Equal([callbacks[0]], await Listed(new DeliveryQuery("acme", Reason: "callback_failed:500")));
        Assert.Equal([callbacks[1]], await Listed(new DeliveryQuery("acme", State: DeliveryState.Sent, Kind: DeliveryKind.Callback)));
        Assert.Equal([callbacks[2]], await Listed(new DeliveryQuery("acme", State: DeliveryState.Pending, Kind: DeliveryKind.Callback)));
        Assert.Equal([callbacks[2]], await Listed(new DeliveryQuery("acme", After: callbacks[1])));
        Assert.Equal(2, (await Listed(new DeliveryQuery("acme", Channel: "C1"))).Length);
        Assert.Empty(await Listed(new DeliveryQuery("acme", Channel: "C1", Kind: DeliveryKind.Callback)));
        Assert.Empty(await Listed(new DeliveryQuery("other", Delivery: callbacks[0])));
        await _world.Conserves();
    }

    [Fact]
    public async Task Delivered_callbacks_go_to_history_and_are_still_listed_and_dead_and_waiting_ones_stay()
    {
        var group = _world.Group();
        await group.Open();
        var callbacks = await group.Click(3);
        await Settle(await Head(group), new CallbackResult.Delivered());
        await Settle(await Head(group), new CallbackResult.Dead("gone"));
        Clock.Advance(TimeSpan.FromDays(1));

        while (await Ledger.MoveToHistory(Clock.GetUtcNow(), 1000, default) > 0)
        {
            // A little at a time.
        }

        Assert.Equal([DeliveryState.Sent, DeliveryState.Dead, DeliveryState.Pending], await _world.States(callbacks));
        Assert.Equal((1, "g1"), ((await _world.Delivery(callbacks[0])).Attempts, (await _world.Delivery(callbacks[0])).Group));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.SettleCallback(callbacks[0], 1, new CallbackResult.Dead("gone"), default));
        Assert.Equal([ReplayOutcome.Replayed], await Ledger.Replay(group.Fence, [callbacks[1]], default));
    }

    [Fact]
    public async Task A_callback_of_an_activity_that_the_turn_does_not_hold_is_refused()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var turn = group.Clicked(group.Turn(new Guid[][] { [] }));
        Assert.IsType<TurnOutcome.Refused>(await Ledger.CommitTurn(turn with { Callbacks = [turn.Callbacks[0] with { Sequence = 1 }] }, default));
        Assert.IsType<TurnOutcome.Refused>(await Ledger.CommitTurn(turn with { Callbacks = [turn.Callbacks[0], turn.Callbacks[0] with { Id = _world.NewId() }] }, default));
        Assert.IsType<TurnOutcome.Refused>(await Ledger.CommitTurn(turn with { Deliveries = [new NewDelivery(_world.NewId(), thread, group.Next, DeliveryKind.Callback)] }, default));
        await group.Commit(turn);
    }
}
