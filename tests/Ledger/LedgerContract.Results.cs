namespace ThreadGrains.Ledger.Tests;

/// <summary>Results of posts: every transition out of sending and in_doubt, by the post's id alone.</summary>
public abstract partial class LedgerContract
{
    private async Task<(TestGroup Group, Guid Thread, Guid[] Replies)> OpenWith(int replies, string name = "g1", string channel = "C1")
    {
        var group = _world.Group(name);
        var thread = await group.Open(channel);
        return (group, thread, await group.Accept(thread, replies));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sent_ends_a_post_from_sending_and_from_in_doubt_whoever_owns_the_group(bool inDoubt)
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = inDoubt ? await group.Doubt(thread) : await group.Claim(thread);
        await group.Commit(group.Turn(new Guid[][] { [thread] }) with { Fence = group.TakeOverBy("silo-2") });
        string ts = _world.NewTs();
        await _world.Settles(post, new PostResult.Sent(ts, In(60)));
        await _world.Settles(post, new PostResult.Sent(ts, In(60)));

        Assert.Equal((DeliveryState.Sent, ts), ((await _world.Delivery(replies[0])).State, (await _world.Delivery(replies[0])).SlackTs!));
        Assert.Equal((PostState.Sent, ts, null), ((await _world.Post(post)).State, (await _world.Post(post)).SlackTs!, (await _world.Post(post)).VerifyAt));
        var row = await _world.Thread(group, thread);
        Assert.Equal((ts, 2L), (row.LastTs!, row.Sent));
        await _world.Conserves();
    }

    [Fact]
    public async Task The_last_ts_of_a_thread_only_rises()
    {
        var (group, thread, _) = await OpenWith(2);
        await _world.Settles(await group.Claim(thread), new PostResult.Sent("1800000000.000000"));
        await _world.Settles(await group.Claim(thread), new PostResult.Sent("1700000000.000000"));
        Assert.Equal("1800000000.000000", (await _world.Thread(group, thread)).LastTs);
    }

    [Fact]
    public async Task What_was_doubted_before_is_verified_after_it_was_sent_again()
    {
        var (group, thread, replies) = await OpenWith(1);
        var first = await group.AbsentTwice(thread);
        Assert.True((await _world.Read(thread)).Pending[0].Doubted);
        _world.Clock.Advance(TimeSpan.FromMinutes(30));
        var post = await group.Claim(thread);
        Assert.Null((await _world.Read(thread)).VerifySince);
        await _world.Settles(post, new PostResult.Sent(_world.NewTs(), In(60)));
        Assert.Equal(In(60), (await _world.Post(post)).VerifyAt);
        Assert.Equal(post, (await _world.Read(thread)).Verify!.Id);
        Assert.Equal((await _world.Post(first)).ClaimedAt, (await _world.Read(thread)).VerifySince);
        Assert.Equal(In(60), (await group.Load()).WakeAt);
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleVerification(post, In(600), default));
        Assert.Equal(In(600), (await group.Load()).WakeAt);
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleVerification(post, null, default));
        Assert.Null((await group.Load()).WakeAt);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.SettleVerification(_world.NewId(), null, default));
        Assert.Equal([DeliveryState.Sent], await _world.States(replies));
    }

    [Fact]
    public async Task What_was_sent_again_is_verified_also_where_a_look_finds_it()
    {
        var (group, thread, _) = await OpenWith(1);
        await group.AbsentTwice(thread);
        var again = await group.Claim(thread);
        await _world.Settles(again, new PostResult.Doubt("timeout", KnownEnd: true, In(5)));
        await _world.Settles(again, new PostResult.Sent(_world.NewTs()));
        Assert.Equal(In(60), (await _world.Post(again)).VerifyAt);
    }

    [Fact]
    public async Task An_orphan_buries_its_delivery_closes_the_thread_and_is_cleaned_up()
    {
        var (group, thread, replies) = await OpenWith(3);
        var post = await group.Claim(thread, 2);
        string ts = _world.NewTs();
        await _world.Settles(post, new PostResult.Orphaned(ts));
        await _world.Settles(post, new PostResult.Orphaned(ts));

        Assert.Equal([DeliveryState.Dead, DeliveryState.Dead, DeliveryState.Cancelled], await _world.States(replies));
        Assert.All(replies, reply => Assert.Equal("parent_gone", _world.Delivery(reply).Result.Reason));
        Assert.Null((await _world.Delivery(replies[0])).SlackTs);
        var row = await _world.Thread(group, thread);
        Assert.Equal((ThreadState.Closed, "parent_gone"), (row.State, row.Reason!));
        var cleanup = Assert.Single((await _world.Read(thread)).Cleanups);
        Assert.Equal((ts, "orphan", "C1", 0), (cleanup.Ts, cleanup.Why, cleanup.Channel, cleanup.Attempts));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_root_cannot_be_an_orphan()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var post = await group.Claim(thread);
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Settle(post, new PostResult.Orphaned(_world.NewTs()), default));
        Assert.Equal(PostState.Sending, (await _world.Post(post)).State);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Surely_not_posted_goes_back_in_line_with_or_without_an_attempt(bool usesAttempt, int attempts)
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.Claim(thread);
        await _world.Settles(post, new PostResult.TryAgain(In(30), "rate_limited", usesAttempt));
        await _world.Settles(post, new PostResult.TryAgain(In(30), "rate_limited", usesAttempt));

        var head = (await _world.Read(thread)).Pending[0];
        Assert.Equal((replies[0], In(30), attempts, false), (head.Id, head.DueAt, head.Attempts, head.Doubted));
        Assert.Null(head.Post);
        Assert.Equal((PostState.Refused, "rate_limited"), ((await _world.Post(post)).State, (await _world.Post(post)).Reason!));
        Assert.Equal(In(30), (await group.Load()).WakeAt);
    }

    [Fact]
    public async Task A_dead_reply_is_skipped()
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.Claim(thread);
        await _world.Settles(post, new PostResult.Dead("msg_too_long"));
        await _world.Settles(post, new PostResult.Dead("msg_too_long"));
        Assert.Equal("msg_too_long", (await _world.Delivery(replies[0])).Reason);
        await group.Send(thread);
        Assert.Equal([DeliveryState.Dead, DeliveryState.Sent], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_dead_root_closes_its_thread_and_cancels_what_waits()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var root = (await _world.Read(thread)).Pending[0].Id;
        var replies = await group.Accept(thread, 2);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("invalid_blocks"));
        Assert.Equal([DeliveryState.Dead, DeliveryState.Cancelled, DeliveryState.Cancelled], await _world.States([root, .. replies]));
        var row = await _world.Thread(group, thread);
        Assert.Equal((ThreadState.Closed, "invalid_blocks", 1L, 2L), (row.State, row.Reason!, row.Dead, row.Cancelled));
        Assert.Empty((await group.Load()).Threads);
        Assert.Null((await group.Load()).WakeAt);
        await group.Announce();
        await _world.Conserves();
    }

    [Fact]
    public async Task A_thread_that_takes_no_replies_is_closed_with_what_waits()
    {
        var (group, thread, replies) = await OpenWith(2);
        await _world.Settles(await group.Claim(thread), new PostResult.ThreadGone("thread_not_found"));
        Assert.Equal([DeliveryState.Dead, DeliveryState.Cancelled], await _world.States(replies));
        Assert.Equal("thread_not_found", (await _world.Thread(group, thread)).Reason);
        await _world.Conserves();
    }

    [Fact]
    public async Task Nobody_knows_is_a_state_with_its_own_read()
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.Claim(thread);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await _world.Settles(post, new PostResult.Doubt("timeout", true, In(5)));
        var row = await _world.Post(post);
        Assert.Equal((PostState.InDoubt, true, In(5), 0, Clock.GetUtcNow(), "timeout"), (row.State, row.KnownEnd, row.ReadAt!.Value, row.AbsentReads, row.DoubtSince!.Value, row.Reason!));
        Assert.Equal([DeliveryState.InDoubt, DeliveryState.Pending], await _world.States(replies));
        Assert.Equal(In(5), (await group.Load()).WakeAt);

        // The same again changes nothing.
        await _world.Settles(post, new PostResult.Doubt("timeout", true, In(50)));
        Assert.Equal(row with { Members = [] }, await _world.Post(post), (a, b) => a == b with { Members = a.Members });
    }

    [Fact]
    public async Task A_late_refusal_ends_a_doubt()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Doubt(thread);
        await _world.Settles(post, new PostResult.TryAgain(In(1), "rate_limited", false));
        Assert.Equal([DeliveryState.Pending], await _world.States(replies));
    }

    [Fact]
    public async Task A_result_that_comes_too_late_and_names_a_copy_is_kept_as_evidence_and_wakes_the_group()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.AbsentTwice(thread);
        Clock.Advance(TimeSpan.FromSeconds(1));
        string ts = _world.NewTs();
        Assert.IsType<SettleOutcome.Observed>(await Ledger.Settle(post, new PostResult.Sent(ts), default));
        Assert.IsType<SettleOutcome.Observed>(await Ledger.Settle(post, new PostResult.Sent(ts), default));
        var observation = Assert.Single((await _world.Read(thread)).Observations);
        Assert.Equal((post, ts, "answer"), (observation.Post, observation.Ts, observation.What));
        Assert.True((await group.Load()).WakeAt <= Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_result_that_comes_too_late_and_names_no_copy_is_superseded()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.AbsentTwice(thread);
        foreach (PostResult late in new PostResult[] { new PostResult.TryAgain(In(1), "x", true), new PostResult.Dead("x"), new PostResult.ThreadGone("x"), new PostResult.Doubt("x", true, In(1)) })
        {
            Assert.IsType<SettleOutcome.Superseded>(await Ledger.Settle(post, late, default));
        }

        Assert.Empty((await _world.Read(thread)).Observations);
    }

    [Fact]
    public async Task A_claim_that_was_never_written_is_given_back_without_harm_but_a_copy_of_it_is_a_bug()
    {
        Assert.IsType<SettleOutcome.Superseded>(await Ledger.Settle(_world.NewId(), new PostResult.TryAgain(In(0), "permit_over", false), default));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Settle(_world.NewId(), new PostResult.Sent("1.000000"), default));
    }

    [Fact]
    public async Task In_a_thread_that_was_closed_a_post_in_flight_ends_by_its_own_evidence()
    {
        var (group, thread, replies) = await OpenWith(2);
        var post = await group.Claim(thread);
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        Assert.Equal([DeliveryState.Sending, DeliveryState.Cancelled], await _world.States(replies));
        await _world.Settles(post, new PostResult.Sent(_world.NewTs()));
        Assert.Equal(DeliveryState.Sent, (await _world.States(replies))[0]);

        var (other, second, more) = await OpenWith(1, "g2", "C2");
        post = await other.Claim(second);
        await Ledger.CloseThread(other.Fence, second, "by_hand", default);
        await _world.Settles(post, new PostResult.TryAgain(In(1), "rate_limited", true));
        Assert.Equal((DeliveryState.Cancelled, "by_hand"), ((await _world.Delivery(more[0])).State, (await _world.Delivery(more[0])).Reason!));
        Assert.Null((await other.Load()).WakeAt);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_root_that_lands_in_a_closed_thread_is_known_by_its_message()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var post = await group.Claim(thread);
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        await _world.Settles(post, new PostResult.Sent("1700000000.000001"));
        var row = await _world.Thread(group, thread);
        Assert.Equal((ThreadState.Closed, "1700000000.000001", 1L), (row.State, row.Ts!, row.Sent));
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C1", "1700000000.000001", null, default));
    }

    [Fact]
    public async Task A_root_whose_message_was_adopted_by_another_thread_before_its_result_ends_its_own()
    {
        var (group, other) = (_world.Group("g1"), _world.Group("g2"));
        var thread = await group.Announce();
        var post = await group.Claim(thread);
        await group.Accept(thread);
        await other.Announce(adoptedTs: "1700000000.000001");
        await _world.Settles(post, new PostResult.Sent("1700000000.000001"));
        var row = await _world.Thread(group, thread);
        Assert.Equal((ThreadState.Closed, "message_taken", 1L, 1L), (row.State, row.Reason!, row.Sent, row.Cancelled));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_message_is_found_by_its_place_and_a_root_in_flight_by_its_marker()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var post = await group.Claim(thread);
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C1", "1.000000", null, default));
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C1", "1.000000", post, default));
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C2", "1.000000", post, default));
        Assert.Null(await Ledger.FindGroupOfMessage("T2", "C1", "1.000000", post, default));
        await _world.Settles(post, new PostResult.Doubt("timeout", true, In(5)));
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C1", "1.000000", post, default));
        await _world.Settles(post, new PostResult.Sent("2.000000"));
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C1", "2.000000", null, default));
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C1", "1.000000", post, default));

        await group.Accept(thread);
        var reply = await group.Claim(thread);
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C1", "3.000000", reply, default));
        await _world.Settles(reply, new PostResult.Sent("3.000000"));
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C1", "3.000000", null, default));
    }
}
