using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ThreadGrains.Ledger.Tests;

/// <summary>Whatever is asked of them in whatever order, SQLite and memory do the same. <c>CsCheck_Iter</c> plays more stories than fifty.</summary>
public sealed class TwinStories
{
    private static readonly Gen<List<TwinStep>> Stories =
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte, Gen.Byte, (act, what, how, moment) => new TwinStep(act, what, how, moment)).List[1, 80];

    [Fact]
    public Task Two_ledgers_of_one_contract_cannot_be_told_apart() => Stories.SampleAsync(async steps =>
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var store = new TwinStore(clock);
        await new TwinStory(new World(store, clock)).Play(steps);
    }, iter: Math.Max(1, Check.Iter / 2), threads: 2);
}
