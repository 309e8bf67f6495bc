namespace ThreadGrains.Ledger.Tests;

/// <summary>The claim: what it writes, and each thing that it demands on its own (P4, P5).</summary>
public abstract partial class LedgerContract
{
    private async Task NotNow(Claim claim) => Assert.IsType<ClaimOutcome.NotNow>(await Ledger.Claim(claim, default));

    [Fact]
    public async Task A_claim_writes_the_post_its_window_and_its_members()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var last = (await _world.Thread(group, thread)).LastTs;
        var replies = await group.Accept(thread, 3);
        var claim = group.ClaimOf(thread, PostKind.Digest, replies[..2]);
        Assert.Equal(In(10), Assert.IsType<ClaimOutcome.Claimed>(await Ledger.Claim(claim, default)).NotAfter);

        var post = await _world.Post(claim.Post);
        Assert.Equal((PostState.Sending, PostKind.Digest, 1L, Clock.GetUtcNow(), In(10), last), (post.State, post.Kind, post.Epoch, post.ClaimedAt, post.NotAfter, post.ReadFrom));
        Assert.Equal(replies[..2], post.Members);
        var work = await _world.Read(thread);
        Assert.Equal(post with { Members = [] }, work.InFlight! with { Members = [] }, (a, b) => (a with { Members = b.Members }) == b);
        Assert.All(work.InFlightMembers, member => Assert.Equal((DeliveryState.Sending, 1, claim.Post), (member.State, member.Attempts, member.Post!.Value)));
        Assert.Equal(replies[2], Assert.Single(work.Pending).Id);
        Assert.Equal(1, work.PendingCount);
        Assert.Equal(In(10), (await group.Load()).WakeAt);
    }

    [Fact]
    public async Task A_root_is_looked_for_from_the_newest_root_of_ours_in_its_channel()
    {
        var group = _world.Group();
        await group.Open(ts: "1700000001.000000");
        await group.Open(rule: "r2", ts: "1700000005.000000");
        await group.Open("C2", ts: "1700000009.000000");
        await group.Announce(rule: "r3", adoptedTs: "1700000008.000000");
        var thread = await group.Announce(rule: "r4");
        Assert.Equal("1700000005.000000", (await _world.Post(await group.Claim(thread))).ReadFrom);
        var alone = await _world.Group("g2").Announce("C7");
        var work = await _world.Read(alone);
        var claim = new Claim(new Fence(work.Thread.Group, 1, "silo-1", false), _world.NewId(), alone, PostKind.Root, [work.Pending[0].Id], TimeSpan.FromSeconds(10));
        Assert.IsType<ClaimOutcome.Claimed>(await Ledger.Claim(claim, default));
        Assert.Null((await _world.Post(claim.Post)).ReadFrom);
    }

    [Fact]
    public async Task A_claim_is_fenced_by_epoch_and_owner_and_a_take_over_counts_only_if_it_claims()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        var claim = group.ClaimOf(thread, PostKind.Reply, replies[0]);
        Assert.IsType<ClaimOutcome.Fenced>(await Ledger.Claim(claim with { Fence = group.Fence with { Epoch = 2 } }, default));
        Assert.IsType<ClaimOutcome.Fenced>(await Ledger.Claim(claim with { Fence = group.Fence with { Owner = "silo-2" } }, default));
        Assert.IsType<ClaimOutcome.Fenced>(await Ledger.Claim(claim with { Fence = new Fence(group.Id, 0, "silo-2", true) }, default));
        await NotNow(claim with { Fence = group.TakeOverBy("silo-2"), Members = [replies[1]] });
        Assert.Equal(("silo-1", 1L), ((await group.Load()).Owner, (await group.Load()).Epoch));
        Assert.IsType<ClaimOutcome.Claimed>(await Ledger.Claim(claim with { Fence = group.TakeOverBy("silo-2") }, default));
        Assert.Equal(("silo-2", 2L), ((await group.Load()).Owner, (await group.Load()).Epoch));
        Assert.Equal(2, (await _world.Post(claim.Post)).Epoch);
    }

    [Fact]
    public async Task Nothing_is_claimed_in_a_closed_thread()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread);
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies));
    }

    [Fact]
    public async Task Nothing_is_claimed_for_a_thread_of_another_group()
    {
        var (group, other) = (_world.Group("g1"), _world.Group("g2"));
        var thread = await group.Open();
        await other.Announce("C2");
        var replies = await group.Accept(thread);
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies) with { Fence = other.Fence });
    }

    [Fact]
    public async Task Without_a_ts_only_the_root_is_claimed()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var root = (await _world.Read(thread)).Pending[0].Id;
        await NotNow(group.ClaimOf(thread, PostKind.Reply, root));
        var replies = await group.Accept(thread);
        await NotNow(group.ClaimOf(thread, PostKind.Root, replies));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies));
        await group.Claim(thread);
    }

    [Fact]
    public async Task A_root_is_not_claimed_as_something_else_nor_something_else_as_a_root()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await NotNow(group.ClaimOf(thread, PostKind.Root, await group.Accept(thread)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_post_of_a_thread_is_in_flight_sending_or_in_doubt(bool inDoubt)
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        _ = inDoubt ? await group.Doubt(thread) : await group.Claim(thread);
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[1]));
    }

    [Fact]
    public async Task Of_two_claims_of_one_thread_in_one_batch_one_succeeds()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var reply = await group.Accept(thread);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Ledger.Claim(group.ClaimOf(thread, PostKind.Reply, reply), default)));
        Assert.Single(outcomes, outcome => outcome is ClaimOutcome.Claimed);
        Assert.Equal(7, outcomes.Count(outcome => outcome is ClaimOutcome.NotNow));
    }

    [Fact]
    public async Task One_that_waits_for_its_retry_is_not_overtaken()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        await _world.Settles(await group.Claim(thread), new PostResult.TryAgain(In(30), "rate_limited", false));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[1]));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[0]));
        await NotNow(group.ClaimOf(thread, PostKind.Digest, replies));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[1]));
        Assert.Equal(replies[0], Assert.Single((await _world.Post(await group.Claim(thread))).Members));
    }

    [Fact]
    public async Task Members_are_next_in_line_without_a_gap_and_in_order()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 3);
        await NotNow(group.ClaimOf(thread, PostKind.Digest, replies[0], replies[2]));
        await NotNow(group.ClaimOf(thread, PostKind.Digest, replies[1], replies[0]));
        await NotNow(group.ClaimOf(thread, PostKind.Digest, replies[1], replies[2]));
        await NotNow(group.ClaimOf(thread, PostKind.Digest, replies[0], replies[0]));
        await NotNow(group.ClaimOf(thread, PostKind.Digest, replies[0], _world.NewId()));
        Assert.All(await _world.States(replies), state => Assert.Equal(DeliveryState.Pending, state));
        await group.Claim(thread, 3);
    }

    [Fact]
    public async Task Only_what_is_pending_is_claimed()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        await group.Send(thread);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead("msg_too_long"));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[0]));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[1]));
    }

    [Fact]
    public async Task While_evidence_has_no_end_nothing_is_claimed()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread);
        var post = await group.AbsentTwice(thread);
        Assert.Equal(WriteOutcome.Done, await Ledger.Observe(post, _world.NewTs(), "event", "slack", default));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies));
    }

    [Fact]
    public async Task Under_an_adopted_parent_nothing_is_claimed_before_it_was_looked_up()
    {
        var group = _world.Group();
        var thread = await group.Announce(adoptedTs: "1700000000.000001");
        var replies = await group.Accept(thread);
        Assert.Equal((ThreadState.Open, true, false), ((await _world.Read(thread)).Thread.State, (await _world.Read(thread)).Thread.Adopted, (await _world.Read(thread)).Thread.LookedUp));
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies));
        Assert.Equal(WriteOutcome.Done, await Ledger.ConfirmParent(group.Fence, thread, "1700000000.000001", default));
        await group.Claim(thread);
    }

    [Fact]
    public async Task The_id_of_a_post_that_ended_is_not_used_again()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        var (post, _) = await group.Send(thread);
        await NotNow(group.ClaimOf(thread, PostKind.Reply, replies[1]) with { Post = post });
    }

    [Fact]
    public async Task A_claim_that_no_table_could_make_right_is_a_bug()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread, 2);
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Claim(group.ClaimOf(thread, PostKind.Reply), default));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Claim(group.ClaimOf(thread, PostKind.Reply, replies), default));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Claim(group.ClaimOf(thread, PostKind.Reply, replies[0]) with { Window = TimeSpan.Zero }, default));
    }
}
