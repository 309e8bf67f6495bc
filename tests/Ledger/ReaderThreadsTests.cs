using System.Collections.Concurrent;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.Tests;

/// <summary>Reads block, and must block nobody else.</summary>
public sealed class ReaderThreadsTests
{
    private const int Most = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task As_many_run_at_once_as_may_none_on_the_pool_and_what_comes_after_them_is_no_readers_work()
    {
        using var threads = new ReaderThreads(Most);
        using var all = new CountdownEvent(Most);
        using var go = new ManualResetEventSlim();
        var seen = new ConcurrentBag<(Thread Thread, bool OfPool)>();
        int running = 0, most = 0;

        var reads = Enumerable.Range(0, 40).Select(async i =>
        {
            int read = await threads.Run(() =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                seen.Add((Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
                if (i < Most)
                {
                    all.Signal();
                    Assert.True(go.Wait(Patience));
                }

                Interlocked.Decrement(ref running);
                return i;
            }).ConfigureAwait(false);
            return (Read: read, After: Thread.CurrentThread);
        }).ToList();

        Assert.True(all.Wait(Patience), "as many as may run at once do");
        go.Set();
        var ended = await Task.WhenAll(reads).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 40), ended.Select(read => read.Read));
        Assert.Equal(Most, most);
        Assert.All(seen, at => Assert.False(at.OfPool));
        Assert.Empty(ended.Select(read => read.After).Intersect(seen.Select(at => at.Thread)));
    }

    [Fact]
    public async Task What_one_read_throws_is_its_callers_and_a_read_that_comes_late_still_runs()
    {
        var threads = new ReaderThreads(Most);
        await Assert.ThrowsAsync<FormatException>(() => threads.Run<int>(() => throw new FormatException()));
        Assert.Equal(1, await threads.Run(() => 1));
        threads.Dispose();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(i, await threads.Run(() => i).WaitAsync(Patience));
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = most; seen < value; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
