namespace ThreadGrains.Grains.Delivery;

/// <summary>Work that goes on in steps: the scheduler decides when, the worker what.</summary>
internal interface IWorker
{
    /// <summary>Does the next step.</summary>
    /// <param name="stopping">No new claim once this is set; what has begun is brought to its end.</param>
    /// <returns>When the next step is due.</returns>
    Task<NextStep> Step(CancellationToken stopping);
}

/// <summary>When a worker's next step is due.</summary>
/// <param name="DueAt">The moment, by the local clock; null: nothing is due any more.</param>
/// <param name="NewWorkWaits">What is new has to wait behind what is waited for, so that it is no reason to look before the moment.</param>
internal readonly record struct NextStep(DateTimeOffset? DueAt, bool NewWorkWaits = false)
{
    /// <summary>Nothing is due any more.</summary>
    public static NextStep None => new(null);

    /// <summary>At the moment given; new work is a reason to look before.</summary>
    public static implicit operator NextStep(DateTimeOffset moment) => new(moment);
}
