using Microsoft.Extensions.Time.Testing;

namespace ThreadGrains.Ledger.Tests;

/// <summary>A test of every ledger. A database is added by deriving from it.</summary>
public abstract class LedgerTest : IAsyncLifetime
{
    private World? _world;

    private protected World World => _world ?? throw new InvalidOperationException("The test has not begun.");

    /// <summary>A fresh, empty ledger by that clock.</summary>
    protected abstract Task<LedgerStore> OpenStore(TimeProvider clock);

    public async Task InitializeAsync()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        _world = new World(await OpenStore(clock), clock);
    }

    public async Task DisposeAsync() => await World.Store.DisposeAsync();
}
