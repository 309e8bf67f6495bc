using Microsoft.Extensions.Time.Testing;

namespace ThreadGrains.Ledger.Tests;

/// <summary>The contract's own suite, against <see cref="ILedger"/> alone. A database is added by deriving from it.</summary>
public abstract partial class LedgerContract : IAsyncLifetime
{
    private World _world = null!;

    /// <summary>A fresh, empty ledger by that clock.</summary>
    protected abstract Task<LedgerStore> OpenStore(TimeProvider clock);

    public async Task InitializeAsync()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        _world = new World(await OpenStore(clock), clock);
    }

    public async Task DisposeAsync() => await _world.Store.DisposeAsync();

    private ILedger Ledger => _world.Ledger;

    private FakeTimeProvider Clock => _world.Clock;

    private DateTimeOffset In(double seconds) => Clock.GetUtcNow().AddSeconds(seconds);

    [Fact]
    public async Task An_alert_and_its_activities_come_to_stand_in_the_thread_in_order()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var replies = await group.Accept(thread, 2);

        var work = await _world.Read(thread);
        Assert.Equal(ThreadState.Posting, work.Thread.State);
        Assert.Equal([1L, 2, 3], work.Pending.Select(delivery => delivery.Position));
        Assert.Equal(DeliveryKind.Root, work.Pending[0].Kind);
        Assert.Equal(3, work.PendingCount);

        string root = (await group.Send(thread)).Ts;
        string first = (await group.Send(thread)).Ts;
        string second = (await group.Send(thread)).Ts;

        var row = await _world.Thread(group, thread);
        Assert.Equal((root, ThreadState.Open, second), (row.Ts!, row.State, row.LastTs!));
        Assert.Equal((3L, 3L, 0L, 0L), (row.Made, row.Sent, row.Dead, row.Cancelled));
        Assert.Equal(first, (await _world.Delivery(replies[0])).SlackTs);
        Assert.Equal(second, (await _world.Delivery(replies[1])).SlackTs);
        Assert.Null((await group.Load()).WakeAt);
        await _world.Conserves();
    }

    [Fact]
    public async Task What_was_taken_is_there_after_reopening()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread, 3);
        var before = await _world.Read(thread);
        var loaded = await group.Load();

        await _world.Store.Reopen();

        var after = await _world.Read(thread);
        Assert.Equal(before.Pending, after.Pending);
        Assert.Equal(before.Thread, after.Thread);
        Assert.Equal(loaded with { Threads = [] }, (await group.Load()) with { Threads = [] }, (a, b) => (a with { Threads = b.Threads }) == b);
        Assert.Equal(5, (await group.Load()).NextSequence);
    }
}
