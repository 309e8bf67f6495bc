namespace ThreadGrains.Ledger.Tests;

/// <summary>A thread whose parent is gone, and the one that takes its place (design 6).</summary>
public abstract partial class LedgerContract
{
    private Repost NewRepost() => new(_world.NewId(), _world.NewId(), _world.NewId());

    /// <summary>An edit of the thread's parent that is in flight.</summary>
    private async Task<Guid> EditInFlight(TestGroup group, Guid thread)
    {
        await group.Commit(group.Turn(new Guid[][] { [] }) with { WantedRevisions = [thread] });
        var token = _world.NewId();
        Assert.IsType<EditClaimOutcome.Claimed>(await Ledger.ClaimEdit(group.Fence, thread, token, TimeSpan.FromSeconds(10), default));
        return token;
    }

    [Fact]
    public async Task A_thread_takes_the_place_of_one_whose_parent_is_gone_with_a_root_and_one_recap_of_what_waited()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread);
        await group.Send(thread);
        var waiting = await group.Accept(thread, 3);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));

        var old = await _world.Thread(group, thread);
        Assert.Equal((ThreadState.Closed, "parent_gone", repost.Thread), (old.State, old.Reason!, old.RepostedAs!.Value));
        foreach (var delivery in waiting)
        {
            var report = await _world.Delivery(delivery);
            Assert.Equal((DeliveryState.Cancelled, "moved"), (report.State, report.Reason!));
        }

        var work = await _world.Read(repost.Thread);
        Assert.Equal((ThreadState.Posting, "C1", 2L), (work.Thread.State, work.Thread.Channel, work.Thread.Made));
        Assert.Equal([(repost.Root, DeliveryKind.Root), (repost.Recap, DeliveryKind.Recap)], work.Pending.Select(delivery => (delivery.Id, delivery.Kind)));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        await _world.Conserves();

        await group.Send(repost.Thread);
        work = await _world.Read(repost.Thread);
        Assert.Equal((3, false), (work.Recap!.Count, work.Recap.Waits));
        Assert.Equal(waiting, work.Recap.Told.Select(told => told.Id));
        await SendRecap(group, repost);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent], await _world.States(repost.Root, repost.Recap));
        Assert.Null((await group.Load()).WakeAt);

        var later = await group.Accept(repost.Thread);
        await group.Send(repost.Thread);
        Assert.Equal([DeliveryState.Sent], await _world.States(later));
        await _world.Conserves();
    }

    [Theory]
    [InlineData("orphaned")]
    [InlineData("thread_gone")]
    [InlineData("absent_and_gone")]
    [InlineData("edit")]
    [InlineData("late_orphan")]
    public async Task Whatever_shows_that_the_parent_is_gone_lets_another_thread_take_its_place(string how)
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        var repost = NewRepost();
        switch (how)
        {
            case "orphaned":
                await _world.Settles(await group.Claim(thread), new PostResult.Orphaned(_world.NewTs(), repost));
                break;
            case "thread_gone":
                await _world.Settles(await group.Claim(thread), new PostResult.ThreadGone("thread_not_found", repost));
                break;
            case "absent_and_gone":
                var doubtful = await group.Doubt(thread);
                await group.Step(doubtful, new DoubtStep.AbsentOnce(In(1)));
                await group.Step(doubtful, new DoubtStep.ParentGone(repost));
                break;
            case "edit":
                Assert.Equal(WriteOutcome.Done, await Ledger.SettleEdit(await EditInFlight(group, thread), new EditResult.ParentGone(repost), default));
                break;
            case "late_orphan":
                var post = await group.AbsentTwice(thread);
                Assert.IsType<SettleOutcome.Observed>(await Ledger.Settle(post, new PostResult.Orphaned(_world.NewTs()), default));
                Assert.Equal(WriteOutcome.Done, await Ledger.EndObservation(group.Fence, (await _world.Read(thread)).Observations[0].Id, repost, default));
                break;
        }

        Assert.Equal(ThreadState.Closed, (await _world.Thread(group, thread)).State);
        await group.Send(repost.Thread);
        Assert.Equal(replies, (await _world.Read(repost.Thread)).Recap!.Told.Select(told => told.Id));
        await SendRecap(group, repost);
        await _world.Conserves();
    }

    [Fact]
    public async Task What_is_deleted_again_within_a_day_stays_deleted()
    {
        var group = _world.Group();
        var first = await group.Open();
        var (second, third, fourth) = (NewRepost(), NewRepost(), NewRepost());
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, first, "parent_gone", second, default));
        await group.Send(second.Thread);
        Clock.Advance(TimeSpan.FromHours(23.9));
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, second.Thread, "parent_gone", third, default));
        Assert.Equal((ThreadState.Closed, null), ((await _world.Thread(group, second.Thread)).State, (await _world.Thread(group, second.Thread)).RepostedAs));
        Assert.Null(await Ledger.ReadThread(third.Thread, 1, default));

        var again = await group.Open(rule: "r2");
        Clock.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, again, "parent_gone", fourth, default));
        Assert.Equal(fourth.Thread, (await _world.Thread(group, again)).RepostedAs);
        await _world.Conserves();
    }

    [Fact]
    public async Task Another_channel_or_group_is_reposted_all_the_same()
    {
        var (one, two) = (_world.Group("g1"), _world.Group("g2"));
        foreach (var (group, channel) in new[] { (one, "C1"), (one, "C2"), (two, "C1") })
        {
            var thread = await group.Open(channel);
            var repost = NewRepost();
            Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
            Assert.Equal(repost.Thread, (await _world.Thread(group, thread)).RepostedAs);
        }
    }

    [Fact]
    public async Task A_parent_that_somebody_else_posted_a_root_that_never_stood_and_a_closed_thread_are_not_reposted()
    {
        var group = _world.Group();
        var adopted = await group.Announce(adoptedTs: "1700000001.000000");
        var posting = await group.Announce(rule: "r2");
        var closed = await group.Open(rule: "r3");
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, closed, "closed_by_operator", default));
        foreach (var thread in new[] { adopted, posting, closed })
        {
            var repost = NewRepost();
            Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
            Assert.Equal((ThreadState.Closed, null), ((await _world.Thread(group, thread)).State, (await _world.Thread(group, thread)).RepostedAs));
            Assert.Null(await Ledger.ReadThread(repost.Thread, 1, default));
        }

        await _world.Conserves();
    }

    [Fact]
    public async Task With_nothing_to_tell_there_is_no_recap()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread);
        await group.Send(thread);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
        await group.Send(repost.Thread);
        Assert.Empty((await _world.Read(repost.Thread)).Pending);
        await _world.Conserves();
    }

    [Fact]
    public async Task What_is_in_flight_is_waited_for_and_not_told_where_it_stands_in_the_old_thread()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        var post = await group.Claim(thread);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
        await group.Send(repost.Thread);
        Assert.True((await _world.Read(repost.Thread)).Recap!.Waits);
        await NotNow(group.ClaimOf(repost.Thread, PostKind.Recap, repost.Recap));

        await _world.Settles(post, new PostResult.Sent(_world.NewTs()));
        var recap = (await _world.Read(repost.Thread)).Recap!;
        Assert.Equal([replies[1]], recap.Told.Select(told => told.Id));
        Assert.False(recap.Waits);
        Assert.Equal([DeliveryState.Sent], await _world.States(replies[0]));
        await SendRecap(group, repost);
        await _world.Conserves();
    }

    [Fact]
    public async Task What_is_in_flight_and_turns_out_to_stand_nowhere_is_told()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var reply = (await group.Accept(thread))[0];
        var post = await group.Doubt(thread);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
        await group.Send(repost.Thread);
        await group.Step(post, new DoubtStep.AbsentOnce(In(1)));
        Assert.True((await _world.Read(repost.Thread)).Recap!.Waits);
        await group.Step(post, new DoubtStep.Absent());
        Assert.Equal([reply], (await _world.Read(repost.Thread)).Recap!.Told.Select(told => told.Id));
        Assert.Equal("moved", (await _world.Delivery(reply)).Reason);
        await SendRecap(group, repost);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_recap_that_has_nothing_left_to_tell_does_not_go()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread);
        var post = await group.Claim(thread);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
        await group.Send(repost.Thread);
        await _world.Settles(post, new PostResult.Sent(_world.NewTs()));
        var recap = await _world.Delivery(repost.Recap);
        Assert.Equal((DeliveryState.Cancelled, "nothing_left"), (recap.State, recap.Reason!));
        Assert.Null((await group.Load()).WakeAt);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_recap_tells_what_was_read_or_does_not_go()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread, 2);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
        await group.Send(repost.Thread);
        var claim = group.ClaimOf(repost.Thread, PostKind.Recap, repost.Recap);
        await NotNow(claim with { Tells = 1 });
        await NotNow(claim with { Kind = PostKind.Reply });
        Assert.IsType<ClaimOutcome.Claimed>(await Ledger.Claim(claim with { Tells = 2 }, default));
    }

    [Fact]
    public async Task History_keeps_what_a_recap_still_has_to_tell()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        var repost = NewRepost();
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "parent_gone", repost, default));
        await group.Send(repost.Thread);
        Clock.Advance(TimeSpan.FromDays(9));
        await Ledger.MoveToHistory(Clock.GetUtcNow().AddDays(-1), 1000, default);
        Assert.Equal(replies, (await _world.Read(repost.Thread)).Recap!.Told.Select(told => told.Id));
        await SendRecap(group, repost);
        Clock.Advance(TimeSpan.FromDays(9));
        Assert.True(await Ledger.MoveToHistory(Clock.GetUtcNow().AddDays(-1), 1000, default) > 0);
        Assert.Equal([DeliveryState.Cancelled, DeliveryState.Sent], await _world.States(replies[0], repost.Recap));
        await _world.Conserves();
    }

    /// <summary>Claims the recap as a driver does, and sends it.</summary>
    private async Task SendRecap(TestGroup group, Repost repost)
    {
        var recap = (await _world.Read(repost.Thread)).Recap!;
        var claim = group.ClaimOf(repost.Thread, PostKind.Recap, repost.Recap) with { Tells = recap.Count };
        Assert.IsType<ClaimOutcome.Claimed>(await Ledger.Claim(claim, default));
        await _world.Settles(claim.Post, new PostResult.Sent(_world.NewTs()));
    }
}
