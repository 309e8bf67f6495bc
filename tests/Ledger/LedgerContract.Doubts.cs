namespace ThreadGrains.Ledger.Tests;

/// <summary>Doubts and the evidence that ends them (P5, P6; design 5.3, 5.4).</summary>
public abstract partial class LedgerContract
{
    private async Task<ObservationRow> Sees(Guid thread, Guid post, string ts, string what = "event")
    {
        Assert.Equal(WriteOutcome.Done, await Ledger.Observe(post, ts, what, "slack", default));
        return Assert.Single((await _world.Read(thread)).Observations, row => row.Post == post && row.Ts == ts);
    }

    private async Task Ends(TestGroup group, ObservationRow observation, WriteOutcome expected = WriteOutcome.Done) =>
        Assert.Equal(expected, await Ledger.EndObservation(group.Fence, observation.Id, default));

    [Fact]
    public async Task A_foreign_row_comes_into_doubt_once_its_deadline_has_passed_and_not_before()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Claim(thread);
        await group.Step(post, new DoubtStep.Begin(In(15)), WriteOutcome.NotPossible);
        Clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        await group.Step(post, new DoubtStep.Begin(In(15)), WriteOutcome.NotPossible);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await group.Step(post, new DoubtStep.Begin(In(15)));
        await group.Step(post, new DoubtStep.Begin(In(99)));
        var row = await _world.Post(post);
        Assert.Equal((PostState.InDoubt, false, In(15), Clock.GetUtcNow()), (row.State, row.KnownEnd, row.ReadAt!.Value, row.DoubtSince!.Value));
        Assert.Equal([DeliveryState.InDoubt], await _world.States(replies));
        Assert.Equal(In(15), (await group.Load()).WakeAt);
    }

    /// <summary>How a frozen sender that wakes is known, whose post another owner has taken over.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_says_that_the_post_was_in_doubt_meanwhile(bool isFoundBefore)
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Claim(thread);
        string ts = _world.NewTs();
        Clock.Advance(TimeSpan.FromSeconds(10));
        await group.Step(post, new DoubtStep.Begin(In(15)));
        Assert.Equal(new SettleOutcome.Settled(), await Ledger.Settle(post, new PostResult.Doubt("timeout", false, In(15)), default));
        if (isFoundBefore)
        {
            await _world.Settles(post, new PostResult.Sent(ts));
        }

        Assert.Equal(new SettleOutcome.Settled(AfterDoubt: true), await Ledger.Settle(post, new PostResult.Sent(ts), default));
    }

    [Fact]
    public async Task A_result_of_a_post_that_nobody_took_over_says_so_again_and_again()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Claim(thread);
        var sent = new PostResult.Sent(_world.NewTs());
        Assert.Equal(new SettleOutcome.Settled(), await Ledger.Settle(post, sent, default));
        Assert.Equal(new SettleOutcome.Settled(), await Ledger.Settle(post, sent, default));
    }

    [Fact]
    public async Task Every_step_but_the_first_needs_a_doubt()
    {
        var (group, thread, _) = await OpenWith(2);
        var (sent, _) = await group.Send(thread);
        var sending = await group.Claim(thread);
        foreach (var step in new DoubtStep[]
        {
            new DoubtStep.AbsentOnce(In(1)), new DoubtStep.Absent(), new DoubtStep.ParentGone(), new DoubtStep.ReadLater(In(1), "x"),
            new DoubtStep.GiveUp("in_doubt"), new DoubtStep.Resend(), new DoubtStep.Reopen(In(1)),
        })
        {
            await group.Step(sent, step, WriteOutcome.NotPossible);
            await group.Step(sending, step, WriteOutcome.NotPossible);
            await group.Step(_world.NewId(), step, WriteOutcome.NotPossible);
        }

        await group.Step(sent, new DoubtStep.Begin(In(1)), WriteOutcome.NotPossible);
    }

    [Fact]
    public async Task A_step_is_fenced_by_epoch_and_owner_and_belongs_to_its_group()
    {
        var (group, thread, _) = await OpenWith(1);
        var other = _world.Group("g2");
        await other.Announce("C2");
        var post = await group.Doubt(thread);
        var step = new DoubtStep.AbsentOnce(In(5));
        Assert.Equal(WriteOutcome.Fenced, await Ledger.StepDoubt(group.Fence with { Epoch = 9 }, post, step, default));
        Assert.Equal(WriteOutcome.Fenced, await Ledger.StepDoubt(group.Fence with { Owner = "silo-2" }, post, step, default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.StepDoubt(other.Fence, post, step, default));
        Assert.Equal(0, (await _world.Post(post)).AbsentReads);
        Assert.Equal(WriteOutcome.Done, await Ledger.StepDoubt(group.TakeOverBy("silo-2"), post, step, default));
        Assert.Equal(("silo-2", 2L), ((await group.Load()).Owner, (await group.Load()).Epoch));
        Assert.Equal(WriteOutcome.Fenced, await Ledger.StepDoubt(group.Fence, post, step, default));
    }

    [Fact]
    public async Task Absent_in_two_reads_goes_back_in_line_doubted_and_in_its_company()
    {
        var (group, thread, replies) = await OpenWith(3);
        var post = await group.Doubt(thread, 2);
        await group.Step(post, new DoubtStep.Absent(), WriteOutcome.NotPossible);
        await group.Step(post, new DoubtStep.AbsentOnce(In(15)));
        Assert.Equal((1, In(15)), ((await _world.Post(post)).AbsentReads, (await _world.Post(post)).ReadAt!.Value));
        Assert.Equal(In(15), (await group.Load()).WakeAt);
        await group.Step(post, new DoubtStep.Absent());

        Assert.Equal(PostState.Absent, (await _world.Post(post)).State);
        var pending = (await _world.Read(thread)).Pending;
        Assert.Equal(replies, pending.Select(delivery => delivery.Id));
        Assert.Equal([true, true, false], pending.Select(delivery => delivery.Doubted));
        Assert.Equal([post, post, null], pending.Select(delivery => delivery.Post));
        Assert.Equal(Clock.GetUtcNow(), pending[0].DueAt);

        // A sure refusal of a later post does not lift the company.
        var again = await group.Claim(thread, 2);
        await _world.Settles(again, new PostResult.TryAgain(In(0), "rate_limited", false));
        Assert.Equal([again, again, null], (await _world.Read(thread)).Pending.Select(delivery => delivery.Post));
    }

    [Fact]
    public async Task What_was_in_doubt_is_looked_for_from_where_its_first_try_may_stand_whatever_came_between()
    {
        var (group, thread, replies) = await OpenWith(2);
        var lost = await group.Doubt(thread);
        await group.Step(lost, new DoubtStep.AbsentOnce(In(15)));
        await group.Step(lost, new DoubtStep.Absent());
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        await group.Send(thread);
        Assert.Equal([ReplayOutcome.Replayed], await Ledger.Replay(group.Fence, [replies[0]], default));

        var again = await group.Claim(thread);
        Assert.Equal((await _world.Post(lost)).ReadFrom, (await _world.Post(again)).ReadFrom);
        Assert.NotEqual((await _world.Thread(group, thread)).LastTs, (await _world.Post(again)).ReadFrom);
    }

    [Fact]
    public async Task What_waits_again_says_why_until_it_is_claimed()
    {
        var (group, thread, _) = await OpenWith(3);
        await _world.Settles(await group.Claim(thread, 2), new PostResult.TryAgain(In(0), "digest_refused:invalid_blocks", false));
        Assert.Equal(["digest_refused:invalid_blocks", "digest_refused:invalid_blocks", null], (await _world.Read(thread)).Pending.Select(delivery => delivery.Reason));
        var post = await group.Claim(thread);
        Assert.Null(Assert.Single((await _world.Read(thread)).InFlightMembers).Reason);
        await _world.Settles(post, new PostResult.TryAgain(In(0), "rate_limited", false));
        Assert.Equal(["rate_limited", "digest_refused:invalid_blocks", null], (await _world.Read(thread)).Pending.Select(delivery => delivery.Reason));
    }

    [Fact]
    public async Task What_died_in_doubt_together_is_replayed_together_whichever_of_it_is_named()
    {
        var (group, thread, replies) = await OpenWith(4);
        var post = await group.Doubt(thread, 3);
        await group.Step(post, new DoubtStep.GiveUp("in_doubt"));
        Assert.Equal([ReplayOutcome.Replayed, ReplayOutcome.Replayed, ReplayOutcome.NotDead], await Ledger.Replay(group.Fence, [replies[1], replies[0], replies[3]], default));

        var work = await _world.Read(thread);
        Assert.Equal([replies[3], replies[0], replies[1], replies[2]], work.Pending.Select(delivery => delivery.Id));
        Assert.Equal([false, true, true, true], work.Pending.Select(delivery => delivery.Late));
        await _world.Conserves();
        Assert.Equal([ReplayOutcome.NotDead], await Ledger.Replay(group.Fence, [replies[2]], default));

        await group.Send(thread);
        await group.Step(post, new DoubtStep.Reopen(In(0)));
        Assert.Equal([DeliveryState.InDoubt, DeliveryState.InDoubt, DeliveryState.InDoubt], await _world.States(replies[..3]));
        await _world.Settles(post, new PostResult.Sent("1700000900.900000"));
        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent, DeliveryState.Sent], await _world.States(replies[..3]));
        await _world.Conserves();
    }

    [Fact]
    public async Task Absent_in_a_closed_thread_is_cancelled()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        await group.Step(post, new DoubtStep.AbsentOnce(In(5)));
        await group.Step(post, new DoubtStep.Absent());
        Assert.Equal((DeliveryState.Cancelled, "by_hand"), ((await _world.Delivery(replies[0])).State, (await _world.Delivery(replies[0])).Reason!));
        await _world.Conserves();
    }

    [Fact]
    public async Task Found_nowhere_twice_and_the_parent_gone_ends_the_thread()
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.Doubt(thread);
        await group.Step(post, new DoubtStep.ParentGone(), WriteOutcome.NotPossible);
        await group.Step(post, new DoubtStep.AbsentOnce(In(5)));
        await group.Step(post, new DoubtStep.ParentGone());
        Assert.Equal([DeliveryState.Dead, DeliveryState.Cancelled], await _world.States(replies));
        Assert.Equal("parent_gone", (await _world.Thread(group, thread)).Reason);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_read_that_could_not_be_made_is_put_off()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await group.Step(post, new DoubtStep.ReadLater(In(60), "missing_scope"));
        var row = await _world.Post(post);
        Assert.Equal((PostState.InDoubt, In(60), "missing_scope", 0), (row.State, row.ReadAt!.Value, row.Reason!, row.AbsentReads));
        Assert.Equal(In(60), (await group.Load()).WakeAt);
    }

    [Fact]
    public async Task Sending_again_by_choice_needs_no_read()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await group.Step(post, new DoubtStep.Resend());
        Assert.Equal([DeliveryState.Pending], await _world.States(replies));
        Assert.True((await _world.Read(thread)).Pending[0].Doubted);
        Assert.Equal(PostState.Absent, (await _world.Post(post)).State);
    }

    [Fact]
    public async Task What_died_out_of_doubt_is_read_again_before_a_replay_of_it_is_claimed()
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.Doubt(thread);
        await group.Step(post, new DoubtStep.GiveUp("in_doubt"));
        Assert.Equal((DeliveryState.Dead, "in_doubt"), ((await _world.Delivery(replies[0])).State, (await _world.Delivery(replies[0])).Reason!));
        await group.Step(post, new DoubtStep.Reopen(In(5)), WriteOutcome.NotPossible);
        Assert.Equal([ReplayOutcome.Replayed], await Ledger.Replay(group.Fence, [replies[0]], default));

        await group.Step(post, new DoubtStep.Reopen(In(5)), WriteOutcome.NotPossible);     // not the head yet
        await group.Send(thread);
        var head = Assert.Single((await _world.Read(thread)).Pending);
        Assert.Equal((replies[0], post, true, 0), (head.Id, head.DoubtPost!.Value, head.Late, head.Attempts));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[0]));

        await group.Step(post, new DoubtStep.Reopen(In(5)));
        var row = await _world.Post(post);
        Assert.Equal((PostState.InDoubt, In(5), 0), (row.State, row.ReadAt!.Value, row.AbsentReads));
        Assert.Equal([DeliveryState.InDoubt, DeliveryState.Sent], await _world.States(replies));
        await group.Step(post, new DoubtStep.AbsentOnce(In(5)));
        await group.Step(post, new DoubtStep.Absent());
        await group.Send(thread);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_replayed_doubt_that_is_found_is_sent_where_it_stands()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await group.Step(post, new DoubtStep.GiveUp("in_doubt"));
        await Ledger.Replay(group.Fence, replies, default);
        await group.Step(post, new DoubtStep.Reopen(In(5)));
        await _world.Settles(post, new PostResult.Sent("1700000900.900000"));
        Assert.Equal("1700000900.900000", (await _world.Delivery(replies[0])).SlackTs);
        await _world.Conserves();
    }

    [Fact]
    public async Task Giving_up_on_a_root_ends_its_thread()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var replies = await group.Accept(thread);
        await group.Step(await group.Doubt(thread), new DoubtStep.GiveUp("in_doubt"));
        Assert.Equal(ThreadState.Closed, (await _world.Thread(group, thread)).State);
        Assert.Equal([DeliveryState.Cancelled], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task Evidence_of_the_very_post_speaks_louder_than_absence()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await group.Step(post, new DoubtStep.AbsentOnce(In(5)));
        var seen = await Sees(thread, post, "1700000900.900000");
        foreach (var step in new DoubtStep[] { new DoubtStep.Absent(), new DoubtStep.Resend(), new DoubtStep.GiveUp("x"), new DoubtStep.ParentGone() })
        {
            await group.Step(post, step, WriteOutcome.NotPossible);
        }

        await Ends(group, seen);
        await Ends(group, seen);
        Assert.Equal("1700000900.900000", (await _world.Delivery(replies[0])).SlackTs);
        Assert.Equal(PostState.Sent, (await _world.Post(post)).State);
        Assert.Equal("1700000900.900000", (await _world.Thread(group, thread)).LastTs);
        Assert.Null((await group.Load()).WakeAt);
        await _world.Conserves();
    }

    [Fact]
    public async Task Evidence_wakes_the_group_at_once_and_counts_once()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await Sees(thread, post, "1700000900.900000");
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        await Sees(thread, post, "1700000900.900000");
        Assert.Single((await _world.Read(thread)).Observations);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.Observe(_world.NewId(), "1.000000", "event", "slack", default));
    }

    [Fact]
    public async Task Of_the_copy_that_is_named_already_nothing_follows()
    {
        var (group, thread, _) = await OpenWith(1);
        var (post, ts) = await group.Send(thread);
        Assert.Equal(WriteOutcome.Done, await Ledger.Observe(post, ts, "event", "slack", default));
        Assert.Empty((await _world.Read(thread)).Observations);
        Assert.Null((await group.Load()).WakeAt);
    }

    [Fact]
    public async Task A_result_of_the_observed_copy_ends_the_observation_too()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Claim(thread);
        await Sees(thread, post, "1700000900.900000");
        await _world.Settles(post, new PostResult.Sent("1700000900.900000"));
        Assert.Empty((await _world.Read(thread)).Observations);
        Assert.Null((await group.Load()).WakeAt);
    }

    [Fact]
    public async Task An_observation_ends_only_by_the_owner_of_its_group()
    {
        var (group, thread, _) = await OpenWith(1);
        var other = _world.Group("g2");
        await other.Announce("C2");
        var seen = await Sees(thread, await group.Doubt(thread), "1700000900.900000");
        Assert.Equal(WriteOutcome.Fenced, await Ledger.EndObservation(group.Fence with { Epoch = 9 }, seen.Id, default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.EndObservation(other.Fence, seen.Id, default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.EndObservation(group.Fence, _world.NewId(), default));
    }

    [Fact]
    public async Task Evidence_of_an_earlier_post_waits_until_the_one_in_flight_is_known()
    {
        var (group, thread, _) = await OpenWith(1);
        var first = await group.AbsentTwice(thread);
        var second = await group.Claim(thread);
        var seen = await Sees(thread, first, "1700000900.900000");
        Assert.Equal(In(10), (await group.Load()).WakeAt);          // nothing to do for it before
        await Ends(group, seen, WriteOutcome.NotPossible);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.Settles(second, new PostResult.Sent("1700000900.950000", In(60)));
        Assert.True((await group.Load()).WakeAt <= Clock.GetUtcNow());
        await Ends(group, seen);
        var cleanup = Assert.Single((await _world.Read(thread)).Cleanups);
        Assert.Equal(("1700000900.900000", "second_copy"), (cleanup.Ts, cleanup.Why));
        Assert.Equal("1700000900.950000", (await _world.Thread(group, thread)).LastTs);
    }

    [Theory]
    [InlineData(DeliveryState.Pending)]
    [InlineData(DeliveryState.Dead)]
    [InlineData(DeliveryState.Cancelled)]
    public async Task What_stands_in_the_thread_is_sent_whatever_it_was_before(DeliveryState state)
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.AbsentTwice(thread, 2);
        if (state == DeliveryState.Dead)
        {
            await _world.Settles(await group.Claim(thread, 2), new PostResult.Dead("msg_too_long"));
        }
        else if (state == DeliveryState.Cancelled)
        {
            await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        }

        Assert.Equal([state, state], await _world.States(replies));
        await Ends(group, await Sees(thread, post, "1700000900.900000"));

        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent], await _world.States(replies));
        Assert.Equal((post, "1700000900.900000", null), ((await _world.Delivery(replies[0])).Post!.Value, (await _world.Delivery(replies[0])).SlackTs!, (await _world.Delivery(replies[0])).Reason));
        Assert.Equal((PostState.Sent, "1700000900.900000"), ((await _world.Post(post)).State, (await _world.Post(post)).SlackTs!));
        Assert.NotNull((await _world.Post(post)).VerifyAt);
        Assert.Empty((await _world.Read(thread)).Cleanups);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_root_found_after_all_opens_its_thread()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var post = await group.AbsentTwice(thread);
        await Ends(group, await Sees(thread, post, "1700000900.900000"));
        var row = await _world.Thread(group, thread);
        Assert.Equal((ThreadState.Open, "1700000900.900000"), (row.State, row.Ts!));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_second_copy_of_a_root_goes_and_the_thread_keeps_the_first()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var first = await group.AbsentTwice(thread);
        await _world.Settles(await group.Claim(thread), new PostResult.Sent("1700000900.950000"));
        await Ends(group, await Sees(thread, first, "1700000900.900000"));
        Assert.Equal("1700000900.950000", (await _world.Thread(group, thread)).Ts);
        Assert.Equal("1700000900.900000", Assert.Single((await _world.Read(thread)).Cleanups).Ts);
    }

    [Fact]
    public async Task Of_several_copies_while_none_is_named_the_lowest_stays()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.AbsentTwice(thread);
        var higher = await Sees(thread, post, "1700000900.950000");
        await Sees(thread, post, "1700000900.900000");
        Assert.Equal("1700000900.900000", (await _world.Read(thread)).Observations[0].Ts);
        await Ends(group, higher);
        Assert.Equal("1700000900.900000", (await _world.Delivery(replies[0])).SlackTs);
        Assert.Equal("1700000900.950000", Assert.Single((await _world.Read(thread)).Cleanups).Ts);
        Assert.Empty((await _world.Read(thread)).Observations);
        await _world.Conserves();
    }

    [Fact]
    public async Task The_same_post_seen_at_another_place_is_a_second_copy()
    {
        var (group, thread, _) = await OpenWith(1);
        var (post, ts) = await group.Send(thread);
        await Ends(group, await Sees(thread, post, "1700000900.900000", "read"));
        Assert.Equal("1700000900.900000", Assert.Single((await _world.Read(thread)).Cleanups).Ts);
        Assert.Equal(ts, (await _world.Post(post)).SlackTs);
    }

    [Fact]
    public async Task A_late_orphan_is_cleaned_up_ends_the_thread_and_makes_nothing_sent()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.AbsentTwice(thread);
        Assert.IsType<SettleOutcome.Observed>(await Ledger.Settle(post, new PostResult.Orphaned("1700000900.900000"), default));
        await Ends(group, Assert.Single((await _world.Read(thread)).Observations));
        Assert.Equal([DeliveryState.Cancelled], await _world.States(replies));
        Assert.Equal(("1700000900.900000", "orphan"), ((await _world.Read(thread)).Cleanups[0].Ts, (await _world.Read(thread)).Cleanups[0].Why));
        Assert.Equal("parent_gone", (await _world.Thread(group, thread)).Reason);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_cleanup_is_tried_until_it_is_done()
    {
        var (group, thread, _) = await OpenWith(1);
        await _world.Settles(await group.Claim(thread), new PostResult.Orphaned("1700000900.900000"));
        var cleanup = Assert.Single((await _world.Read(thread)).Cleanups);
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleCleanup(cleanup.Id, In(30), default));
        cleanup = Assert.Single((await _world.Read(thread)).Cleanups);
        Assert.Equal((1, In(30)), (cleanup.Attempts, cleanup.DueAt));
        Assert.Equal(In(30), (await group.Load()).WakeAt);
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleCleanup(cleanup.Id, null, default));
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleCleanup(cleanup.Id, null, default));
        Assert.Empty((await _world.Read(thread)).Cleanups);
        Assert.Null((await group.Load()).WakeAt);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.SettleCleanup(_world.NewId(), null, default));
    }
}
