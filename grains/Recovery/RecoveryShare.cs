using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Recovery;

/// <summary>Which groups a silo wakes: its share of those that are due and whose owner is gone, or does not do its work. Pure.</summary>
internal static class RecoveryShare
{
    /// <summary>A group whose owner is not alive is woken when it is overdue by so much.</summary>
    public static readonly TimeSpan DeadOwnerDelay = TimeSpan.FromSeconds(5);

    /// <summary>A group is woken when it is overdue by so much, whoever owns it.</summary>
    private static readonly TimeSpan AnyOwnerDelay = TimeSpan.FromSeconds(60);

    /// <param name="share">What falls to this silo.</param>
    /// <param name="now">The database's clock.</param>
    /// <param name="deadOwnerDelay">For groups whose owner is not alive; zero at the start, when nobody else can own what is due.</param>
    /// <param name="limit">At most so many.</param>
    public static DueQuery Of(SiloShare share, DateTimeOffset now, TimeSpan deadOwnerDelay, int limit) =>
        new(share.Live, now - deadOwnerDelay, now - AnyOwnerDelay, share.Place, share.Live.Count, limit);
}
