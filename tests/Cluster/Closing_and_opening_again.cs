using ThreadGrains.Groups;

namespace ThreadGrains.Cluster.Tests;

/// <summary>A thread that an operator closes and opens again, while its driver knows only what it read before.</summary>
public sealed class Closing_and_opening_again : IAsyncLifetime
{
    private readonly HeldReads _ledger = new(new LedgerOnSqlite());
    private GroupCluster _cluster = null!;
    private Guid _thread;

    public async Task InitializeAsync()
    {
        _cluster = await GroupCluster.Start(_ledger);
        await _cluster.Group("g").Announce(new Alert("first", new IssueFacts("Checkout is down")));
        await GroupCluster.Until(async () => (await _cluster.View("g")).Threads is [{ State: "open" }], "the announcement stands");
        _thread = (await _cluster.View("g")).Threads[0].Id;
        _ledger.Hold();
    }

    public async Task DisposeAsync()
    {
        _ledger.Release();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_adopted_in_place_of_a_thread_that_was_just_closed()
    {
        string said = (string)(await _cluster.Tell(HttpMethod.Post, "say", new { team = GroupCluster.Team, channel = GroupCluster.Channel, user = "U0KIM", text = "It is down" }))["ts"]!;
        await Close();
        Assert.Equal(
            AdoptionOutcome.Adopted, (await _cluster.Group("g").Adopt(new ParentAdoption(new ChannelAddress(GroupCluster.Team, GroupCluster.Channel), said))).Outcome);
    }

    [Fact]
    public async Task A_late_read_of_the_closed_thread_does_not_take_the_opened_one_away()
    {
        await Close();
        await _ledger.IsHeld.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(OperatorOutcome.Done, (await _cluster.Group("g").ReopenThread(_thread)).Outcome);
        _ledger.Release();
        for (int i = 1; i <= 20; i++)
        {
            Assert.Equal(1, (await _cluster.Group("g").Accept(GroupCluster.Note($"n{i}"))).Threads);
        }
    }

    private async Task Close() => Assert.Equal(OperatorOutcome.Done, (await _cluster.Group("g").CloseThread(_thread)).Outcome);
}
