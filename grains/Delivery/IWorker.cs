namespace ThreadGrains.Grains.Delivery;

/// <summary>Work that goes on in steps: the scheduler decides when, the worker what.</summary>
internal interface IWorker
{
    /// <summary>Does the next step.</summary>
    /// <param name="stopping">No new claim once this is set; what has begun is brought to its end.</param>
    /// <returns>The moment, by the local clock, at which the next step is due; null: nothing is due any more.</returns>
    Task<DateTimeOffset?> Step(CancellationToken stopping);
}
