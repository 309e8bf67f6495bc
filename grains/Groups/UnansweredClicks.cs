using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Groups;

/// <summary>
/// Finds out how a click ended for which Slack got an error. The click may still wait for the ledger, or its commit may have been
/// made although the answer was lost. Once nothing of it is under way, the ledger's idempotency key tells.
/// </summary>
internal sealed class UnansweredClicks(ILedger ledger, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>A commit that nobody answered for may still be made for a moment: a server ends a frozen one after 3 s.</summary>
    private const int LooksAfterItsEnd = 5;

    /// <summary>After so long the person is told that nobody knows.</summary>
    private const int MaxLooks = 120;

    /// <summary>So long, in looks, a click that was stored is watched until its reply stands.</summary>
    private const int LooksForItsReply = 60;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private readonly RecentIds _lost = new(Memory, 10_000);

    /// <summary>A click begins. False: the person was told that nothing was changed, so nothing may change any more.</summary>
    public bool Begin(string id)
    {
        if (_lost.Contains(id, clock.GetUtcNow()))
        {
            return false;
        }

        _underWay[id] = _underWay.GetValueOrDefault(id) + 1;
        return true;
    }

    /// <summary>A click has ended, one way or another.</summary>
    public void End(string id)
    {
        if (--_underWay[id] == 0)
        {
            _underWay.Remove(id);
        }
    }

    /// <summary>Waits until it is known whether a click was stored; null: it is not known.</summary>
    public async Task<bool?> Learn(string organization, string id)
    {
        int looksAfterItsEnd = 0;
        for (int look = 0; look < MaxLooks && looksAfterItsEnd < LooksAfterItsEnd; look++)
        {
            if (look > 0)
            {
                await Task.Delay(Pause, clock);
            }

            bool hadEnded = !_underWay.ContainsKey(id);
            switch (await WasStored(organization, id))
            {
                case true:
                    return true;
                case false when hadEnded:
                    looksAfterItsEnd++;
                    break;
            }
        }

        if (looksAfterItsEnd < LooksAfterItsEnd || _underWay.ContainsKey(id))
        {
            return null;
        }

        _lost.Add(id, clock.GetUtcNow());
        return false;
    }

    /// <summary>Whether a thread is closed before everything in it has ended; as long as somebody remembers that they clicked.</summary>
    public async Task<bool> LostItsPlace(Guid thread)
    {
        for (int look = 0; look < LooksForItsReply; look++)
        {
            await Task.Delay(Pause, clock);
            switch ((await ledger.ReadThread(thread, 0, CancellationToken.None))?.Thread)
            {
                case { State: ThreadState.Closed }:
                    return true;
                case null:
                case { } row when row.Made == row.Sent + row.Dead + row.Cancelled:
                    return false;
            }
        }

        return false;
    }

    private async Task<bool?> WasStored(string organization, string id)
    {
        try
        {
            return await ledger.FindKey(organization, "activity", id, CancellationToken.None) is not null;
        }
        catch (LedgerUnavailableException)
        {
            return null;
        }
    }
}
