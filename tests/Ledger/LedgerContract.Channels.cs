namespace ThreadGrains.Ledger.Tests;

/// <summary>What is asked by channel and workspace, and threads that are opened again.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_thread_closed_by_hand_opens_again_and_takes_what_is_accepted_then()
    {
        var (group, thread, replies) = await OpenWith(1);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ReopenThread(group.Fence, thread, default));
        await Ledger.CloseThread(group.Fence, thread, "closed_by_operator", default);
        Assert.Equal(WriteOutcome.Fenced, await Ledger.ReopenThread(group.Fence with { Epoch = 9 }, thread, default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ReopenThread(group.Fence, _world.NewId(), default));

        long shown = (await _world.Thread(group, thread)).RevisionWanted;
        Assert.Equal(WriteOutcome.Done, await Ledger.ReopenThread(group.Fence, thread, default));
        var row = (await group.Load()).Threads.Single();
        Assert.Equal((ThreadState.Open, null, shown + 1), (row.State, row.Reason, row.RevisionWanted));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        Assert.Equal(DeliveryState.Cancelled, (await _world.Delivery(replies[0])).State);
        var late = await group.Accept(thread);
        await group.Send(thread);
        Assert.Equal(DeliveryState.Sent, (await _world.Delivery(late[0])).State);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_thread_whose_root_is_gone_or_whose_place_is_taken_stays_closed()
    {
        var (group, thread, _) = await OpenWith(0);
        await Ledger.CloseThread(group.Fence, thread, "parent_gone", default);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ReopenThread(group.Fence, thread, default));

        var (late, closed, _) = await OpenWith(1, "g2");
        var post = await late.Claim(closed);
        await Ledger.CloseThread(late.Fence, closed, "closed_by_operator", default);
        await _world.Settles(post, new PostResult.Orphaned(_world.NewTs()));
        Assert.Equal("parent_gone", (await _world.Thread(late, closed)).Reason);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ReopenThread(late.Fence, closed, default));

        var waiting = await group.Announce();
        await Ledger.CloseThread(group.Fence, waiting, "closed_by_operator", default);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ReopenThread(group.Fence, waiting, default));

        var former = await group.Announce();
        await group.Send(former);
        await Ledger.CloseThread(group.Fence, former, "closed_by_operator", default);
        await group.Announce();
        Assert.Equal(WriteOutcome.Clash, await Ledger.ReopenThread(group.Fence, former, default));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_parent_that_was_never_looked_up_is_looked_up_once_its_thread_is_open_again()
    {
        var group = _world.Group();
        var thread = await group.Announce(adoptedTs: "1700000000.000001");
        await Ledger.CloseThread(group.Fence, thread, "closed_by_operator", default);
        Assert.Null((await group.Load()).WakeAt);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(WriteOutcome.Done, await Ledger.ReopenThread(group.Fence, thread, default));
        await group.Accept(thread);
        Assert.Equal((false, Clock.GetUtcNow()), ((await _world.Thread(group, thread)).LookedUp, (await _world.Thread(group, thread)).LookUpDueAt!.Value));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
    }

    [Fact]
    public async Task Groups_with_a_parked_thread_are_found_by_workspace_and_channel()
    {
        var names = new List<GroupName>();
        foreach (string channel in new[] { "C1", "C1", "C2" })
        {
            var group = _world.Group($"parked-{names.Count}");
            var turn = group.AlertTurn(out var thread, channel);
            await group.Commit(turn);
            await Ledger.Park(group.Fence, thread, "is_archived", In(60), default);
            names.Add(group.Name);
        }

        await _world.Group("well").Announce();
        names = [.. names.OrderBy(name => name.Group, StringComparer.Ordinal)];
        Assert.Equal(names, await Ledger.ParkedGroups("T1", null, null, 10, default));
        Assert.Equal(2, (await Ledger.ParkedGroups("T1", "C1", null, 10, default)).Count);
        Assert.Equal([names[1]], await Ledger.ParkedGroups("T1", null, names[0], 1, default));
        Assert.Empty(await Ledger.ParkedGroups("T2", null, null, 10, default));
    }

    [Fact]
    public async Task Channels_show_what_an_organization_has_in_them()
    {
        var (group, thread, _) = await OpenWith(3);
        await group.Send(thread);
        await Ledger.Park(group.Fence, thread, "is_archived", In(60), default);
        var second = await group.Commit(group.AlertTurn(out var further, "C2"));
        Assert.Equal(further, second.Threads[0].Id);

        Assert.Equal([new ChannelReport("C1", 1, 1, 2), new ChannelReport("C2", 1, 0, 1)], await Ledger.ReportChannels("acme", "T1", null, 10, default));
        Assert.Equal(["C2"], (await Ledger.ReportChannels("acme", "T1", "C1", 10, default)).Select(channel => channel.Channel));
        Assert.Single(await Ledger.ReportChannels("acme", "T1", null, 1, default));
        Assert.Empty(await Ledger.ReportChannels("other", "T1", null, 10, default));
        await Ledger.CloseThread(group.Fence, thread, "x", default);
        Assert.Equal(["C2"], (await Ledger.ReportChannels("acme", "T1", null, 10, default)).Select(channel => channel.Channel));
    }

    [Fact]
    public async Task A_post_is_found_with_what_has_become_of_it()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Claim(thread);
        var place = Assert.IsType<PostPlace>(await Ledger.FindPost(post, default));
        Assert.Equal((group.Name, thread, "T1", "C1", PostKind.Reply, PostState.Sending, null), (place.Group, place.Thread, place.Workspace, place.Channel, place.Kind, place.State, place.SlackTs));
        Assert.Equal((await _world.Thread(group, thread)).Ts, place.ThreadTs);
        await _world.Settles(post, new PostResult.Doubt("timeout", true, In(5)));
        Assert.Equal(place with { State = PostState.InDoubt }, await Ledger.FindPost(post, default));
        await _world.Settles(post, new PostResult.Sent("1700000000.000999"));
        Assert.Equal(place with { State = PostState.Sent, SlackTs = "1700000000.000999" }, await Ledger.FindPost(post, default));
        Assert.Null(await Ledger.FindPost(_world.NewId(), default));
    }
}
