namespace ThreadGrains.Ledger;

/// <summary>A callback to make: one activity that the tracker is to be told.</summary>
/// <param name="Id">UUID v7.</param>
/// <param name="Sequence">The activity's place in the group's history; callbacks are made in this order.</param>
/// <param name="Activity">The activity's id.</param>
/// <param name="Body">What is sent, fixed here so that a retry sends the same bytes.</param>
public sealed record NewCallback(Guid Id, long Sequence, string Activity, string Body);

/// <summary>The callback of a group that is next: of those that have not ended the one with the lowest sequence.</summary>
/// <param name="Now">The database's clock at the read.</param>
/// <param name="Id">The callback.</param>
/// <param name="Activity">The activity's id.</param>
/// <param name="Body">What is sent.</param>
/// <param name="DueAt">When to send it.</param>
/// <param name="Attempts">Tries so far, of all replays: the token that a result of the next try names.</param>
/// <param name="Tries">Tries since it was made or replayed.</param>
public sealed record CallbackHead(DateTimeOffset Now, Guid Id, string Activity, string Body, DateTimeOffset DueAt, int Attempts, int Tries);

/// <summary>What a try to make a callback came to.</summary>
public abstract record CallbackResult
{
    private CallbackResult()
    {
    }

    /// <summary>The tracker took it.</summary>
    public sealed record Delivered : CallbackResult;

    /// <summary>It is tried again at the moment given; the reason is shown meanwhile.</summary>
    public sealed record TryAgain(DateTimeOffset DueAt, string Reason) : CallbackResult;

    /// <summary>Nothing was tried, and nothing can be before the moment given; it does not count as a try.</summary>
    public sealed record Postponed(DateTimeOffset DueAt, string Reason) : CallbackResult;

    /// <summary>It is given up, visible with this reason until somebody replays it.</summary>
    public sealed record Dead(string Reason) : CallbackResult;
}
