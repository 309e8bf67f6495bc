namespace ThreadGrains.Ledger.Tests;

/// <summary>Channels that get another id: their threads move, and what is in their way decides.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_thread_moves_with_its_root_its_line_and_what_is_to_be_cleaned_up()
    {
        var (group, thread, replies) = await OpenWith(2);
        string ts = (await _world.Thread(group, thread)).Ts!;
        var post = await group.Claim(thread);
        await _world.Settles(post, new PostResult.Sent("1700000500.000100"));
        await Ledger.Observe(post, "1700000500.000200", "event", "slack", default);
        await Ledger.EndObservation(group.Fence, (await _world.Read(thread)).Observations.Single().Id, default);
        Assert.Equal("C1", (await _world.Read(thread)).Cleanups.Single().Channel);
        await Ledger.Park(group.Fence, thread, "channel_not_found", In(600), default);

        Assert.Equal(WriteOutcome.Fenced, await Ledger.MoveThread(group.Fence with { Epoch = 9 }, thread, "C9", default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.MoveThread(group.Fence, _world.NewId(), "C9", default));
        Assert.Equal(WriteOutcome.Done, await Ledger.MoveThread(group.Fence, thread, "C9", default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.MoveThread(group.Fence, thread, "C9", default));

        var work = await _world.Read(thread);
        Assert.Equal(("C9", ts, ThreadState.Open, null), (work.Thread.Channel, work.Thread.Ts, work.Thread.State, work.Thread.Parked));
        Assert.Equal("C9", work.Cleanups.Single().Channel);
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C9", ts, null, default));
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C1", ts, null, default));
        await group.Send(thread);
        Assert.Equal([DeliveryState.Sent, DeliveryState.Sent], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_post_in_doubt_moves_with_its_thread_and_ends_by_its_own_evidence()
    {
        var (group, thread, replies) = await OpenWith(1);
        var post = await group.Doubt(thread);
        Assert.Equal(WriteOutcome.Done, await Ledger.MoveThread(group.Fence, thread, "C9", default));
        Assert.Equal("C9", (await Ledger.FindPost(post, default))!.Channel);
        await _world.Settles(post, new PostResult.Sent("1700000500.000100"));
        Assert.Equal(DeliveryState.Sent, (await _world.Delivery(replies[0])).State);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_closed_thread_moves_so_that_its_root_is_found_and_it_can_be_opened_again()
    {
        var (group, thread, _) = await OpenWith(0);
        string ts = (await _world.Thread(group, thread)).Ts!;
        await Ledger.CloseThread(group.Fence, thread, "closed_by_operator", default);
        Assert.Equal(WriteOutcome.Done, await Ledger.MoveThread(group.Fence, thread, "C9", default));
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C9", ts, null, default));
        Assert.Equal(WriteOutcome.Done, await Ledger.ReopenThread(group.Fence, thread, default));
        Assert.Equal("C9", (await group.Load()).Threads.Single().Channel);
    }

    [Fact]
    public async Task Where_its_place_is_taken_under_the_new_id_the_thread_is_closed_and_moves_all_the_same()
    {
        var (group, thread, replies) = await OpenWith(1);
        string ts = (await _world.Thread(group, thread)).Ts!;
        var newer = await group.Announce("C9");
        Assert.Equal(WriteOutcome.Done, await Ledger.MoveThread(group.Fence, thread, "C9", default));
        var row = (await Ledger.ReportGroup("acme", "g1", default))!.Threads.Single(one => one.Id == thread);
        Assert.Equal(("C9", ThreadState.Closed, "thread_exists"), (row.Channel, row.State, row.Reason));
        Assert.Equal(DeliveryState.Cancelled, (await _world.Delivery(replies[0])).State);
        Assert.Equal(group.Name, await Ledger.FindGroupOfMessage("T1", "C9", ts, null, default));
        Assert.Equal(newer, (await group.Load()).Threads.Single().Id);
        Assert.Equal(WriteOutcome.Clash, await Ledger.ReopenThread(group.Fence, thread, default));
        await _world.Conserves();
    }

    [Fact]
    public async Task Where_its_message_is_taken_under_the_new_id_the_thread_is_closed_where_it_is()
    {
        var (group, thread, replies) = await OpenWith(1);
        string ts = (await _world.Thread(group, thread)).Ts!;
        var other = _world.Group("g2");
        var adopted = await other.Announce("C9", adoptedTs: ts);
        Assert.Equal(WriteOutcome.Done, await Ledger.MoveThread(group.Fence, thread, "C9", default));
        var row = (await Ledger.ReportGroup("acme", "g1", default))!.Threads.Single();
        Assert.Equal(("C1", ThreadState.Closed, "message_taken"), (row.Channel, row.State, row.Reason));
        Assert.Equal(DeliveryState.Cancelled, (await _world.Delivery(replies[0])).State);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.MoveThread(group.Fence, thread, "C9", default));
        Assert.Equal(adopted, (await other.Load()).Threads.Single().Id);
        await _world.Conserves();
    }

    [Fact]
    public async Task Groups_with_a_thread_in_a_channel_are_found_open_or_with_a_root()
    {
        var open = _world.Group("a-open");
        await open.Announce();
        var closed = _world.Group("b-closed");
        var rooted = await closed.Open();
        await Ledger.CloseThread(closed.Fence, rooted, "closed_by_operator", default);
        var never = _world.Group("c-never");
        var thread = await never.Announce();
        await Ledger.CloseThread(never.Fence, thread, "closed_by_operator", default);
        await _world.Group("d-elsewhere").Announce("C2");

        Assert.Equal([open.Name, closed.Name], await Ledger.GroupsInChannel("T1", "C1", null, 10, default));
        Assert.Equal([closed.Name], await Ledger.GroupsInChannel("T1", "C1", open.Name, 10, default));
        Assert.Equal([open.Name], await Ledger.GroupsInChannel("T1", "C1", null, 1, default));
        Assert.Empty(await Ledger.GroupsInChannel("T2", "C1", null, 10, default));
    }
}
