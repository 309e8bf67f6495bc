using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Groups;

/// <summary>What a write told about the right under which it was made.</summary>
internal enum FenceVerdict
{
    /// <summary>It was written: the fence held.</summary>
    Held,

    /// <summary>Nothing was written, for another reason than the fence.</summary>
    NothingWritten,

    /// <summary>Another owner has taken over.</summary>
    Fenced,

    /// <summary>Nobody knows whether it was written.</summary>
    Unknown,
}

/// <summary>
/// The right of one activation to write for its group. It is taken by the first transaction that writes (which raises the
/// epoch), so that looking at a group, or an activation that never writes, fences nobody off. Take-overs go one at a time:
/// two of one owner at once would fence each other off.
/// </summary>
internal sealed class GroupOwnership(string owner, Action lost, TakeOvers? takeOvers = null) : IDisposable
{
    private readonly SemaphoreSlim _takingOver = new(1, 1);
    private Guid _group;
    private long _epoch;
    private bool _owned;

    /// <summary>Told of every write that touched nothing as another owner has taken over.</summary>
    public Action? Fenced { get; init; }

    /// <summary>False once another owner, or an unknown commit, has made what is remembered worthless.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The epoch held; meaningless before the first write.</summary>
    public long Epoch => _epoch;

    /// <summary>What the ledger said at activation. The epoch is that of the former owner until the first write.</summary>
    public void Loaded(Guid group, long epoch)
    {
        _group = group;
        _epoch = epoch;
    }

    /// <summary>Writes under the fence, taking the group over if this activation has not written yet.</summary>
    public Task<T> Write<T>(Func<Fence, Task<T>> write, Func<T, FenceVerdict> verdict, CancellationToken cancellation) =>
        Write(write, verdict, whenWritten: null, cancellation);

    /// <inheritdoc cref="Write{T}(Func{Fence, Task{T}}, Func{T, FenceVerdict}, CancellationToken)"/>
    /// <param name="write">The write.</param>
    /// <param name="verdict">What its outcome says of the fence.</param>
    /// <param name="whenWritten">Runs once it was written, in one step with what is remembered of the epoch.</param>
    /// <param name="cancellation">Gives up before it begins.</param>
    public async Task<T> Write<T>(Func<Fence, Task<T>> write, Func<T, FenceVerdict> verdict, Action? whenWritten, CancellationToken cancellation) =>
        // While the epoch is being raised nobody knows which one to name.
        _owned && _takingOver.CurrentCount > 0
            ? Judge(await write(new Fence(_group, _epoch, owner, TakeOver: false)), verdict, tookOver: false, whenWritten)
            : await WriteInTurn(write, verdict, anew: false, whenWritten, cancellation);

    /// <summary>
    /// Writes under a new epoch although the group may be held already: whoever has read the group before, and not written yet, must
    /// not take it over with what it remembers.
    /// </summary>
    /// <param name="write">The write.</param>
    /// <param name="verdict">What its outcome says of the fence.</param>
    /// <param name="whenWritten">Runs once it was written, in one step with what is remembered of the epoch, and before anything else is written.</param>
    public Task<T> WriteAnew<T>(Func<Fence, Task<T>> write, Func<T, FenceVerdict> verdict, Action? whenWritten = null) =>
        WriteInTurn(write, verdict, anew: true, whenWritten, CancellationToken.None);

    private async Task<T> WriteInTurn<T>(Func<Fence, Task<T>> write, Func<T, FenceVerdict> verdict, bool anew, Action? whenWritten, CancellationToken cancellation)
    {
        // Without the token: with one, waiting goes on in the thread pool, where no simulation sees it; and it is short.
        await _takingOver.WaitAsync(CancellationToken.None);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            bool raises = anew || !_owned;
            if (!_owned && takeOvers is not null)
            {
                await takeOvers.Wait(_group, cancellation);
            }

            return Judge(await write(new Fence(_group, _epoch, owner, raises)), verdict, raises, whenWritten);
        }
        finally
        {
            _takingOver.Release();
        }
    }

    public void Dispose() => _takingOver.Dispose();

    private T Judge<T>(T outcome, Func<T, FenceVerdict> verdict, bool tookOver, Action? whenWritten)
    {
        switch (verdict(outcome))
        {
            case FenceVerdict.Held:
                if (tookOver)
                {
                    _epoch++;
                    _owned = true;
                    takeOvers?.Happened(_group);
                }

                whenWritten?.Invoke();
                break;
            case FenceVerdict.Fenced:
                Fenced?.Invoke();
                Lose();
                break;
            case FenceVerdict.Unknown when tookOver:
                Lose();
                break;
            default:
                break;
        }

        return outcome;
    }

    /// <summary>What is remembered cannot be trusted any more: start again from the ledger.</summary>
    public void Lose()
    {
        if (!IsLost)
        {
            IsLost = true;
            lost();
        }
    }
}

/// <summary>How each family of outcomes speaks about the fence.</summary>
internal static class FenceVerdicts
{
    public static FenceVerdict Of(TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Taken => FenceVerdict.Held,
        TurnOutcome.Fenced => FenceVerdict.Fenced,
        TurnOutcome.Unknown => FenceVerdict.Unknown,
        _ => FenceVerdict.NothingWritten,
    };

    public static FenceVerdict Of(ClaimOutcome outcome) => outcome switch
    {
        ClaimOutcome.Claimed => FenceVerdict.Held,
        ClaimOutcome.Fenced => FenceVerdict.Fenced,
        ClaimOutcome.Unknown => FenceVerdict.Unknown,
        _ => FenceVerdict.NothingWritten,
    };

    public static FenceVerdict Of(WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Done => FenceVerdict.Held,
        WriteOutcome.Fenced => FenceVerdict.Fenced,
        WriteOutcome.Unknown => FenceVerdict.Unknown,
        _ => FenceVerdict.NothingWritten,
    };

    public static FenceVerdict Of(EditClaimOutcome outcome) => outcome switch
    {
        EditClaimOutcome.Claimed => FenceVerdict.Held,
        EditClaimOutcome.Not not => Of(not.Outcome),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {outcome.GetType().Name}"),
    };

    public static FenceVerdict Of(IReadOnlyList<ReplayOutcome> outcomes) =>
        outcomes.Contains(ReplayOutcome.Fenced) ? FenceVerdict.Fenced
        : outcomes.Contains(ReplayOutcome.Replayed) ? FenceVerdict.Held
        : outcomes.Contains(ReplayOutcome.Unavailable) ? FenceVerdict.Unknown
        : FenceVerdict.NothingWritten;
}
