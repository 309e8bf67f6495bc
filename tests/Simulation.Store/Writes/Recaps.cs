using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>What a recap may have to tell.</summary>
internal static class Recaps
{
    /// <summary>Something in the former thread is in flight, or was seen and not ended.</summary>
    public static bool Waits(DeliveryEntry recap) =>
        recap.Told.Exists(told => told.IsInFlight) || recap.Thread.RepostedFrom is { OpenObservations.Count: > 0 };

    /// <summary>It has begun to tell, or is done: a copy of what it tells that is found now is one too many.</summary>
    public static bool HasBegun(DeliveryEntry recap) =>
        recap.InHistory || recap.IsInFlight || recap.State == Ledger.DeliveryState.Sent;
}
