namespace ThreadGrains.Ledger.Tests;

/// <summary>What a ledger does that was restored from a backup (design 5.6): it must not post old messages again.</summary>
public abstract partial class LedgerContract
{
    private async Task<RestoreOutcome.Begun> Restored() =>
        Assert.IsType<RestoreOutcome.Begun>(await Ledger.BeginRestored(default));

    [Fact]
    public async Task After_a_restore_nothing_pending_is_claimed_before_it_was_looked_for()
    {
        var (group, thread, replies) = await OpenWith(2);
        string last = (await _world.Thread(group, thread)).LastTs!;
        Assert.Equal(new RestoreOutcome.Begun(2, 0, 0, 1), await Restored());

        var pending = (await _world.Read(thread)).Pending;
        Assert.Equal(replies, pending.Select(delivery => delivery.Id));
        Assert.Equal([2L, 3], pending.Select(delivery => delivery.Position));
        Assert.All(pending, delivery => Assert.False(delivery.Late));
        Assert.IsType<ClaimOutcome.NotNow>(await Ledger.Claim(group.ClaimOf(thread, PostKind.Reply, replies[0]), default));
        var sought = await _world.Post(pending[0].DoubtPost!.Value);
        Assert.Equal((PostState.Absent, PostKind.Reply, last, true), (sought.State, sought.Kind, sought.ReadFrom!, sought.Restored));
        Assert.Equal([replies[0]], sought.Members);
        await group.Step(pending[1].DoubtPost!.Value, new DoubtStep.Reopen(In(0)), WriteOutcome.NotPossible);
        await _world.Conserves();
    }

    [Fact]
    public async Task After_a_restore_what_is_found_is_sent_and_what_is_not_goes_in_its_place()
    {
        var (group, thread, replies) = await OpenWith(2);
        await Restored();
        Clock.Advance(TimeSpan.FromSeconds(1));

        var found = (await _world.Read(thread)).Pending[0].DoubtPost!.Value;
        await group.Step(found, new DoubtStep.Reopen(In(0)));
        Assert.Equal(found, (await _world.Read(thread)).InFlight!.Id);
        string ts = _world.NewTs();
        await _world.Settles(found, new PostResult.Sent(ts));
        Assert.Equal((DeliveryState.Sent, ts), ((await _world.Delivery(replies[0])).State, (await _world.Delivery(replies[0])).SlackTs!));
        Assert.Equal(ts, (await _world.Thread(group, thread)).LastTs);

        var absent = (await _world.Read(thread)).Pending[0].DoubtPost!.Value;
        await group.Step(absent, new DoubtStep.Reopen(In(0)));
        await group.Step(absent, new DoubtStep.Absent(), WriteOutcome.NotPossible);
        await group.Step(absent, new DoubtStep.AbsentOnce(In(5)));
        await group.Step(absent, new DoubtStep.Absent());
        var head = (await _world.Read(thread)).Pending[0];
        Assert.Equal((replies[1], 3L, false, true, null), (head.Id, head.Position, head.Late, head.Doubted, head.DoubtPost));
        await group.Send(thread);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task After_a_restore_a_root_is_looked_for_since_it_was_accepted()
    {
        var group = _world.Group();
        await _world.Group("g0").Open("C1");
        var accepted = Clock.GetUtcNow();
        var thread = await group.Announce("C1");
        Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(new RestoreOutcome.Begun(1, 0, 0, 1), await Restored());

        var sought = (await _world.Read(thread)).Pending[0].DoubtPost!.Value;
        var row = await _world.Post(sought);
        Assert.Equal((PostKind.Root, accepted, null), (row.Kind, row.ClaimedAt, row.ReadFrom));
        await group.Step(sought, new DoubtStep.Reopen(In(0)));
        string ts = _world.NewTs();
        await _world.Settles(sought, new PostResult.Sent(ts));
        Assert.Equal((ts, ThreadState.Open), ((await _world.Thread(group, thread)).Ts!, (await _world.Thread(group, thread)).State));
        await _world.Conserves();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_restore_a_post_in_flight_is_in_doubt_and_its_looks_begin_anew(bool doubted)
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = doubted ? await group.Doubt(thread) : await group.Claim(thread);
        var deadline = (await _world.Post(post)).NotAfter;
        if (doubted)
        {
            await group.Step(post, new DoubtStep.AbsentOnce(In(15)));
        }

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new RestoreOutcome.Begun(0, 1, 0, 1), await Restored());

        var row = await _world.Post(post);
        Assert.Equal((PostState.InDoubt, false, 0, true, "restored"), (row.State, row.KnownEnd, row.AbsentReads, row.Restored, row.Reason!));
        Assert.Equal((deadline, Clock.GetUtcNow()), (row.ReadAt!.Value, row.DoubtSince!.Value));
        Assert.Equal([DeliveryState.InDoubt], await _world.States(replies));
        await group.Step(post, new DoubtStep.Absent(), WriteOutcome.NotPossible);
        await group.Step(post, new DoubtStep.AbsentOnce(In(5)));
        await group.Step(post, new DoubtStep.Absent());
        Assert.Null((await _world.Read(thread)).Pending[0].DoubtPost);
        await group.Send(thread);
        await _world.Conserves();
    }

    [Fact]
    public async Task After_a_restore_a_dead_delivery_is_looked_for_when_it_is_replayed()
    {
        var (group, thread, replies) = await OpenWith(2);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        await group.Step(await group.Doubt(thread), new DoubtStep.GiveUp("in_doubt"));
        Assert.Equal(new RestoreOutcome.Begun(0, 0, 1, 1), await Restored());
        Assert.Equal([DeliveryState.Dead, DeliveryState.Dead], await _world.States(replies));

        await Ledger.Replay(group.Fence, replies, default);
        var pending = (await _world.Read(thread)).Pending;
        Assert.All(pending, delivery => Assert.True(delivery.Late));
        foreach (var delivery in pending)
        {
            var sought = delivery.DoubtPost!.Value;
            await group.Step(sought, new DoubtStep.Reopen(In(0)));
            Assert.True((await _world.Post(sought)).Restored);
            await _world.Settles(sought, new PostResult.Sent(_world.NewTs()));
        }

        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task After_a_restore_each_parent_of_ours_is_edited_once_more()
    {
        var group = _world.Group();
        var open = await group.Open("C1");
        var adopted = await group.Announce("C2", adoptedTs: "1700000001.000100");
        var closed = await group.Open("C3");
        await Ledger.CloseThread(group.Fence, closed, "by_hand", default);
        Assert.Equal(1, (await Restored()).Parents);

        Clock.Advance(TimeSpan.FromSeconds(1));
        var claim = Assert.IsType<EditClaimOutcome.Claimed>(await Ledger.ClaimEdit(group.Fence, open, _world.NewId(), TimeSpan.FromSeconds(10), default));
        Assert.Equal(1, claim.Revision);
        Assert.IsType<EditClaimOutcome.Not>(await Ledger.ClaimEdit(group.Fence, adopted, _world.NewId(), TimeSpan.FromSeconds(10), default));
        Assert.IsType<EditClaimOutcome.Not>(await Ledger.ClaimEdit(group.Fence, closed, _world.NewId(), TimeSpan.FromSeconds(10), default));
    }

    [Fact]
    public async Task A_restore_that_is_told_twice_harms_nothing()
    {
        var (group, thread, replies) = await OpenWith(2);
        await Restored();
        var first = (await _world.Read(thread)).Pending[0].DoubtPost!.Value;
        await group.Step(first, new DoubtStep.Reopen(In(0)));
        await group.Step(first, new DoubtStep.AbsentOnce(In(5)));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new RestoreOutcome.Begun(0, 1, 0, 1), await Restored());

        await group.Step(first, new DoubtStep.Absent(), WriteOutcome.NotPossible);
        await group.Step(first, new DoubtStep.AbsentOnce(In(5)));
        await group.Step(first, new DoubtStep.Absent());
        await group.Send(thread);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Pending], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task After_a_restore_the_groups_wake_by_themselves()
    {
        var (group, thread, _) = await OpenWith(0);
        Assert.Null((await group.Load()).WakeAt);
        await Restored();
        Assert.Equal(In(1), (await group.Load()).WakeAt);
        await group.Accept(thread);
        await Restored();
        Assert.Equal(In(0), (await group.Load()).WakeAt);
    }

    [Fact]
    public async Task The_root_of_a_thread_names_its_delivery_and_a_fresh_post_is_not_a_restored_one()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var root = (await _world.Read(thread)).Pending[0].Id;
        var (post, _) = await group.Send(thread);
        var work = await _world.Read(thread);
        Assert.Equal((post, root), (work.RootPost!.Value, work.RootDelivery!.Value));
        Assert.False((await _world.Post(post)).Restored);
    }

    [Theory]
    [InlineData(PlantedFault.RefuseBeforeCommit)]
    [InlineData(PlantedFault.LoseCommit)]
    [InlineData(PlantedFault.LoseAnswer)]
    public async Task A_restore_that_could_not_be_written_is_said_so_and_can_be_told_again(PlantedFault fault)
    {
        var (_, thread, _) = await OpenWith(1);
        _world.Store.Plant(fault);
        var outcome = await Ledger.BeginRestored(default);
        Assert.True(fault == PlantedFault.RefuseBeforeCommit ? outcome is RestoreOutcome.Unavailable : outcome is RestoreOutcome.Unknown, outcome.ToString());
        await Restored();
        Assert.NotNull((await _world.Read(thread)).Pending[0].DoubtPost);
        await _world.Conserves();
    }
}
