namespace ThreadGrains.Ledger.Tests;

/// <summary>Threads as a whole: closing, parking, adoption, edits, replay.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task Closing_cancels_what_waits_and_is_done_once()
    {
        var (group, thread, replies) = await OpenWith(2);
        Assert.Equal(WriteOutcome.Fenced, await Ledger.CloseThread(group.Fence with { Epoch = 9 }, thread, "by_hand", default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.CloseThread(group.Fence, _world.NewId(), "by_hand", default));
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "by_hand", default));
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, "again", default));
        Assert.Equal([DeliveryState.Cancelled, DeliveryState.Cancelled], await _world.States(replies));
        Assert.All(replies, reply => Assert.Equal("by_hand", _world.Delivery(reply).Result.Reason));
        Assert.Equal("by_hand", (await _world.Thread(group, thread)).Reason);
        Assert.Null((await group.Load()).WakeAt);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_parked_thread_shows_why_and_is_due_at_its_probe()
    {
        var (group, thread, replies) = await OpenWith(1);
        Assert.Equal(WriteOutcome.Done, await Ledger.Park(group.Fence, thread, "is_archived", In(600), default));
        var row = await _world.Thread(group, thread);
        Assert.Equal(("is_archived", Clock.GetUtcNow(), In(600)), (row.Parked!, row.ParkedAt!.Value, row.ProbeAt!.Value));
        Assert.Equal((DeliveryState.Pending, "parked:is_archived"), ((await _world.Delivery(replies[0])).State, (await _world.Delivery(replies[0])).Reason!));
        Assert.Equal(In(600), (await group.Load()).WakeAt);
        await group.Accept(thread);
        Assert.Equal(In(600), (await group.Load()).WakeAt);

        var since = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Ledger.Park(group.Fence, thread, "is_archived", In(1200), default);
        Assert.Equal(since, (await _world.Thread(group, thread)).ParkedAt);
        Assert.Equal(2, (await Ledger.ReportDeliveries(new DeliveryQuery("acme", Reason: "parked:is_archived"), default)).Count);
    }

    [Fact]
    public async Task What_was_put_off_in_a_parked_thread_is_due_once_the_trouble_is_over()
    {
        var (group, thread, replies) = await OpenWith(1);
        await _world.Settles(await group.Claim(thread), new PostResult.TryAgain(In(600), "is_archived", false));
        await Ledger.Park(group.Fence, thread, "is_archived", In(600), default);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(WriteOutcome.Done, await Ledger.Park(group.Fence, thread, null, null, default));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        Assert.Null((await _world.Thread(group, thread)).Parked);
        Assert.Equal("is_archived", (await _world.Delivery(replies[0])).Reason);
        await group.Send(thread);
        await Ledger.CloseThread(group.Fence, thread, "x", default);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.Park(group.Fence, thread, "is_archived", null, default));
    }

    [Fact]
    public async Task Only_what_waited_too_long_in_a_parked_thread_expires()
    {
        var (group, thread, replies) = await OpenWith(1);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.Expire(group.Fence, thread, In(100), default));
        Clock.Advance(TimeSpan.FromDays(7));
        var young = await group.Accept(thread);
        await Ledger.Park(group.Fence, thread, "is_archived", In(600), default);
        Assert.Equal(WriteOutcome.Done, await Ledger.Expire(group.Fence, thread, Clock.GetUtcNow(), default));
        Assert.Equal([DeliveryState.Dead, DeliveryState.Pending], await _world.States([.. replies, .. young]));
        Assert.Equal("expired", (await _world.Delivery(replies[0])).Reason);

        // Replayed by hand it has waited no time at all.
        Assert.Equal([ReplayOutcome.Replayed], await Ledger.Replay(group.Fence, replies, default));
        await Ledger.Expire(group.Fence, thread, Clock.GetUtcNow(), default);
        Assert.Equal([DeliveryState.Pending], await _world.States(replies));
        await _world.Conserves();
    }

    [Fact]
    public async Task An_expired_root_takes_its_thread_along()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        Clock.Advance(TimeSpan.FromDays(8));
        var young = await group.Accept(thread);
        await Ledger.Park(group.Fence, thread, "not_in_channel", null, default);
        await Ledger.Expire(group.Fence, thread, In(-1), default);
        Assert.Equal((ThreadState.Closed, "expired"), ((await _world.Thread(group, thread)).State, (await _world.Thread(group, thread)).Reason!));
        Assert.Equal([DeliveryState.Cancelled], await _world.States(young));
        await _world.Conserves();
    }

    [Fact]
    public async Task An_adopted_parent_is_looked_up_at_once_or_later_and_gets_its_roots_ts()
    {
        var group = _world.Group();
        var thread = await group.Announce(adoptedTs: "1700000000.000005");
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        Assert.Equal(WriteOutcome.Done, await Ledger.PostponeLookUp(group.Fence, thread, In(30), default));
        await group.Accept(thread);
        Assert.Equal(In(30), (await group.Load()).WakeAt);
        Assert.Equal(In(30), (await _world.Thread(group, thread)).LookUpDueAt);
        Assert.Equal(WriteOutcome.Fenced, await Ledger.ConfirmParent(group.Fence with { Epoch = 9 }, thread, "1700000000.000001", default));
        Assert.Equal(WriteOutcome.Done, await Ledger.ConfirmParent(group.Fence, thread, "1700000000.000001", default));
        Assert.Equal(WriteOutcome.Done, await Ledger.ConfirmParent(group.Fence, thread, "1700000000.000001", default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ConfirmParent(group.Fence, thread, "1700000000.000002", default));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.PostponeLookUp(group.Fence, thread, In(30), default));
        var row = await _world.Thread(group, thread);
        Assert.Equal(("1700000000.000001", true, null), (row.Ts!, row.LookedUp, row.LookUpDueAt));
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        Assert.Null(await Ledger.FindGroupOfMessage("T1", "C1", "1700000000.000005", null, default));
        Assert.NotNull(await Ledger.FindGroupOfMessage("T1", "C1", "1700000000.000001", null, default));
    }

    [Fact]
    public async Task A_looked_up_root_that_belongs_to_another_thread_clashes_and_nothing_is_written()
    {
        var (group, other) = (_world.Group("g1"), _world.Group("g2"));
        await other.Announce(adoptedTs: "1700000000.000001");
        var thread = await group.Announce(adoptedTs: "1700000000.000005");
        Assert.Equal(WriteOutcome.Clash, await Ledger.ConfirmParent(group.TakeOverBy("silo-2"), thread, "1700000000.000001", default));
        Assert.Equal((1L, "silo-1"), ((await group.Load()).Epoch, (await group.Load()).Owner));
        Assert.Equal((false, "1700000000.000005"), ((await _world.Thread(group, thread)).LookedUp, (await _world.Thread(group, thread)).Ts!));
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.ConfirmParent(group.Fence, await group.Open("C5"), "1.000000", default));
    }

    private async Task Wants(TestGroup group, Guid thread, string status = "resolved") =>
        await group.Commit(group.Turn(new Guid[][] { [] }) with { WantedRevisions = [thread], State = new GroupState(status, "Ada", "{}") });

    private Task<EditClaimOutcome> ClaimEdit(TestGroup group, Guid thread, Guid token) =>
        Ledger.ClaimEdit(group.Fence, thread, token, TimeSpan.FromSeconds(10), default);

    private async Task NoEdit(TestGroup group, Guid thread, WriteOutcome expected = WriteOutcome.NotPossible) =>
        Assert.Equal(expected, Assert.IsType<EditClaimOutcome.Not>(await ClaimEdit(group, thread, _world.NewId())).Outcome);

    [Fact]
    public async Task An_edit_shows_the_newest_revision_and_one_is_in_flight()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await NoEdit(group, thread);
        await Wants(group, thread, "archived");
        await Wants(group, thread);
        Assert.Equal(Clock.GetUtcNow(), (await group.Load()).WakeAt);
        var token = _world.NewId();
        var claimed = Assert.IsType<EditClaimOutcome.Claimed>(await ClaimEdit(group, thread, token));
        Assert.Equal((2L, In(10), "resolved", """{"title":"It broke"}"""), (claimed.Revision, claimed.NotAfter, claimed.State.Status, claimed.Issue));
        Assert.Equal((await _world.Thread(group, thread)).Ts, claimed.Ts);
        Assert.Equal(token, (await _world.Thread(group, thread)).EditToken);
        await NoEdit(group, thread);
        await Wants(group, thread, "unresolved");
        await NoEdit(group, thread);

        Assert.Equal(WriteOutcome.Done, await Ledger.SettleEdit(token, new EditResult.Shown(2), default));
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleEdit(token, new EditResult.Shown(2), default));
        var row = await _world.Thread(group, thread);
        Assert.Equal((3L, 2L, Clock.GetUtcNow(), null), (row.RevisionWanted, row.RevisionShown, row.EditDueAt!.Value, row.EditToken));
        token = _world.NewId();
        Assert.Equal(3, Assert.IsType<EditClaimOutcome.Claimed>(await ClaimEdit(group, thread, token)).Revision);
        await Ledger.SettleEdit(token, new EditResult.Shown(3), default);
        Assert.Null((await _world.Thread(group, thread)).EditDueAt);
        Assert.Null((await group.Load()).WakeAt);
    }

    [Fact]
    public async Task An_edit_whose_result_nobody_wrote_counts_as_lost_five_seconds_after_its_window()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await Wants(group, thread);
        var lost = _world.NewId();
        await ClaimEdit(group, thread, lost);
        Assert.Equal(In(15), (await group.Load()).WakeAt);
        Clock.Advance(TimeSpan.FromSeconds(14.9));
        await NoEdit(group, thread);
        Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, Assert.IsType<EditClaimOutcome.Claimed>(await ClaimEdit(group, thread, _world.NewId())).Revision);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.SettleEdit(lost, new EditResult.Shown(1), default));
        Assert.Equal(0, (await _world.Thread(group, thread)).RevisionShown);
    }

    [Fact]
    public async Task An_edit_that_failed_is_sent_again_then_and_not_sooner_for_a_newer_wish()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await Wants(group, thread);
        var token = _world.NewId();
        await ClaimEdit(group, thread, token);
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleEdit(token, new EditResult.TryAgain(In(30)), default));
        await Wants(group, thread, "archived");
        Assert.Equal(In(30), (await group.Load()).WakeAt);
        await NoEdit(group, thread);
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, Assert.IsType<EditClaimOutcome.Claimed>(await ClaimEdit(group, thread, _world.NewId())).Revision);
    }

    [Fact]
    public async Task No_edit_of_adopted_closed_or_unwilling_parents_nor_by_a_stale_owner()
    {
        var group = _world.Group();
        var adopted = await group.Announce("C2", adoptedTs: "1700000000.000001");
        await Ledger.ConfirmParent(group.Fence, adopted, "1700000000.000001", default);
        await Wants(group, adopted);
        Assert.Null((await group.Load()).WakeAt);
        await NoEdit(group, adopted);

        var thread = await group.Open();
        await Wants(group, thread);
        Assert.Equal(WriteOutcome.Fenced, Assert.IsType<EditClaimOutcome.Not>(
            await Ledger.ClaimEdit(group.Fence with { Epoch = 9 }, thread, _world.NewId(), TimeSpan.FromSeconds(10), default)).Outcome);
        var token = _world.NewId();
        await ClaimEdit(group, thread, token);
        await Ledger.SettleEdit(token, new EditResult.Off(), default);
        Assert.True((await _world.Thread(group, thread)).EditsOff);
        await Wants(group, thread);
        Assert.Null((await group.Load()).WakeAt);
        await NoEdit(group, thread);

        var closed = await group.Open("C3");
        await Wants(group, closed);
        await Ledger.CloseThread(group.Fence, closed, "by_hand", default);
        await NoEdit(group, closed);
        Assert.Equal(WriteOutcome.NotPossible, await Ledger.SettleEdit(_world.NewId(), new EditResult.Off(), default));
    }

    [Fact]
    public async Task An_edit_that_finds_its_message_gone_ends_the_thread()
    {
        var (group, thread, replies) = await OpenWith(1);
        await Wants(group, thread);
        var token = _world.NewId();
        await ClaimEdit(group, thread, token);
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleEdit(token, new EditResult.ParentGone(), default));
        Assert.Equal(WriteOutcome.Done, await Ledger.SettleEdit(token, new EditResult.ParentGone(), default));
        Assert.Equal("parent_gone", (await _world.Thread(group, thread)).Reason);
        Assert.Equal([DeliveryState.Cancelled], await _world.States(replies));
        await _world.Conserves();
    }

    [Theory]
    [InlineData(1L, 1, false)]
    [InlineData(0L, 0, true)]
    [InlineData(null, 0, true)]
    public async Task What_was_wanted_before_the_root_stood_is_edited_in_unless_the_root_shows_it(long? shown, long expected, bool due)
    {
        var group = _world.Group();
        var thread = await group.Announce();
        await Wants(group, thread);
        await NoEdit(group, thread);
        var root = (await _world.Read(thread)).Pending[0].Id;
        var claim = group.ClaimOf(thread, PostKind.Root, root) with { Revision = shown };
        Assert.IsType<ClaimOutcome.Claimed>(await Ledger.Claim(claim, default));
        await _world.Settles(claim.Post, new PostResult.Sent("1700000000.000001"));
        var row = await _world.Thread(group, thread);
        Assert.Equal((expected, due ? Clock.GetUtcNow() : null), (row.RevisionShown, row.EditDueAt));
    }

    [Fact]
    public async Task A_replay_waits_at_the_end_late_and_with_fresh_attempts()
    {
        var (group, thread, replies) = await OpenWith(4);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([ReplayOutcome.Replayed, ReplayOutcome.Replayed, ReplayOutcome.NotDead, ReplayOutcome.NotFound],
            await Ledger.Replay(group.Fence, [replies[1], replies[0], replies[2], _world.NewId()], default));

        var pending = (await _world.Read(thread)).Pending;
        Assert.Equal([replies[2], replies[3], replies[1], replies[0]], pending.Select(delivery => delivery.Id));
        Assert.Equal([4L, 5, 6, 7], pending.Select(delivery => delivery.Position));
        Assert.Equal([false, false, true, true], pending.Select(delivery => delivery.Late));
        Assert.Equal((0, Clock.GetUtcNow(), null, null), (pending[2].Attempts, pending[2].DueAt, pending[2].DoubtPost, pending[2].Post));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[1]));
        Assert.Equal([ReplayOutcome.NotDead], await Ledger.Replay(group.Fence, [replies[1]], default));
        await _world.Conserves();
    }

    [Fact]
    public async Task A_replay_is_fenced_and_stays_out_of_closed_threads_and_other_groups()
    {
        var (group, thread, replies) = await OpenWith(1);
        var other = _world.Group("g2");
        await other.Announce("C2");
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        Assert.Equal([ReplayOutcome.Fenced], await Ledger.Replay(group.Fence with { Epoch = 9 }, replies, default));
        Assert.Equal([ReplayOutcome.NotFound], await Ledger.Replay(other.Fence, replies, default));
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        Assert.Equal([ReplayOutcome.ThreadClosed], await Ledger.Replay(group.TakeOverBy("silo-2"), replies, default));
        Assert.Equal(1, (await group.Load()).Epoch);
        Assert.Equal([DeliveryState.Dead], await _world.States(replies));
    }
}
