namespace ThreadGrains.Ledger.Sql;

/// <summary>What a write decided: its outcome, and whether what it did is to stand.</summary>
internal readonly record struct Decision<T>(T Outcome, bool Keep)
{
    /// <summary>What was written stands.</summary>
    public static Decision<T> Keeping(T outcome) => new(outcome, true);

    /// <summary>Whatever was written is rolled back; the item's neighbours are not touched.</summary>
    public static Decision<T> Dropping(T outcome) => new(outcome, false);
}

/// <summary>One caller's write in the queue of the writer.</summary>
/// <param name="touches">Whose rows it writes.</param>
internal abstract class WriteItem(Touch touches)
{
    /// <summary>Whose rows it writes.</summary>
    public Touch Touches => touches;

    /// <summary>The turn that it commits, or null: turns can be written many at a time.</summary>
    public virtual Turn? Turn => null;

    /// <summary>Does the write inside the batch's transaction; completes nobody yet.</summary>
    /// <returns>False: roll back to before this item.</returns>
    public abstract bool Apply(WriteSession session);

    /// <summary>The values were refused by the database; the item was rolled back.</summary>
    public abstract void Refuse(string error);

    /// <summary>A bug; the item was rolled back.</summary>
    public abstract void Break(Exception error);

    /// <summary>The batch is committed: tell the caller.</summary>
    public abstract void Complete();

    /// <summary>Surely nothing was written.</summary>
    public abstract void CompleteUnavailable(string error);

    /// <summary>The commit's outcome is unknown.</summary>
    public abstract void CompleteUnknown(string error);

    /// <summary>Its caller gave up before the writer took it: nothing is written.</summary>
    public abstract bool IsGivenUp();
}

/// <summary>A write with its family of outcomes.</summary>
/// <param name="touches">Whose rows it writes.</param>
/// <param name="apply">Does it.</param>
/// <param name="unavailable">The outcome when surely nothing was written.</param>
/// <param name="unknown">The outcome when nobody knows.</param>
/// <param name="refused">The outcome for values that the database refuses; null: they can only come from a bug.</param>
/// <param name="cancellation">Gives up as long as the item waits; once begun it runs to its outcome.</param>
internal class WriteItem<T>(
    Touch touches, Func<WriteSession, Decision<T>> apply, Func<string, T> unavailable, Func<string, T> unknown, Func<string, T>? refused,
    CancellationToken cancellation) : WriteItem(touches)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _outcome;
    private Exception? _error;

    public Task<T> Completion => _completion.Task;

    public override bool Apply(WriteSession session)
    {
        var decision = apply(session);
        _outcome = decision.Outcome;
        return decision.Keep;
    }

    /// <summary>Decided elsewhere; what it wrote stands.</summary>
    protected void Decide(T outcome) => _outcome = outcome;

    public override void Refuse(string error)
    {
        if (refused is null)
        {
            _error = new ArgumentException($"The ledger refuses these values: {error}");
        }
        else
        {
            _outcome = refused(error);
        }
    }

    public override void Break(Exception error) => _error = error;

    public override void Complete()
    {
        if (_error is null)
        {
            _completion.SetResult(_outcome!);
        }
        else
        {
            _completion.SetException(_error);
        }
    }

    public override void CompleteUnavailable(string error) => _completion.SetResult(unavailable(error));

    public override void CompleteUnknown(string error) => _completion.SetResult(unknown(error));

    public override bool IsGivenUp()
    {
        if (!cancellation.IsCancellationRequested)
        {
            return false;
        }

        _completion.SetCanceled(cancellation);
        return true;
    }
}
