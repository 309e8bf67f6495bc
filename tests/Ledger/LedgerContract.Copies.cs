namespace ThreadGrains.Ledger.Tests;

/// <summary>Copies that must stay although somebody calls them second ones, and copies that must go (P5; design 5.3).</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_copy_that_the_ledger_names_is_never_cleaned_up()
    {
        var (group, thread, _) = await OpenWith(2);
        var root = (await _world.Thread(group, thread)).Ts!;
        var (first, ts) = await group.Send(thread);
        var (second, _) = await group.Send(thread);
        await Ends(group, await Sees(thread, second, ts));
        await Ends(group, await Sees(thread, first, root));
        Assert.Empty((await _world.Read(thread)).Cleanups);
        Assert.Empty((await _world.Read(thread)).Observations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_that_somebody_adopted_is_never_cleaned_up(bool orphan)
    {
        var (group, thread, _) = await OpenWith(1);
        var first = await group.AbsentTwice(thread);
        await _world.Group("g9").Announce(adoptedTs: "1700000900.900000");
        if (orphan)
        {
            await _world.Settles(await group.Claim(thread), new PostResult.Orphaned("1700000900.900000"));
        }
        else
        {
            await group.Send(thread);
            await Ends(group, await Sees(thread, first, "1700000900.900000"));
        }

        Assert.Empty((await _world.Read(thread)).Cleanups);
        Assert.Empty((await _world.Read(thread)).Observations);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_copy_that_has_to_go_or_is_gone_is_no_parent_any_more()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var first = await group.AbsentTwice(thread);
        await _world.Settles(await group.Claim(thread), new PostResult.Sent("1700000900.950000"));
        await Ends(group, await Sees(thread, first, "1700000900.900000"));
        var other = _world.Group("g9");
        var adopted = await other.Announce(adoptedTs: "1700000900.990000");

        for (int i = 0; i < 2; i++)
        {
            Assert.IsType<TurnOutcome.Clash>(await Ledger.CommitTurn(_world.Group("g8").AlertTurn(out _, adoptedTs: "1700000900.900000"), default));
            Assert.Equal(WriteOutcome.Clash, await Ledger.ConfirmParent(other.Fence, adopted, "1700000900.900000", default));
            Assert.False((await _world.Thread(other, adopted)).LookedUp);
            Assert.Equal(WriteOutcome.Done, await Ledger.SettleCleanup(Assert.Single((await _world.Read(thread)).Cleanups).Id, i == 0 ? In(0) : null, default));
        }

        // Elsewhere the same ts is another message.
        await _world.Group("g8").Announce("C2", adoptedTs: "1700000900.900000");
    }
}
