namespace ThreadGrains.Grains;

/// <summary>Where ids and chance come from: one seam, so that a seed can replay exactly.</summary>
internal sealed class IdSource(TimeProvider clock)
{
#pragma warning disable RS0030 // The one place that makes them; everywhere else they come in as values.
    /// <summary>A time-ordered id (UUID v7).</summary>
    public Guid Next() => Guid.CreateVersion7(clock.GetUtcNow());

    /// <summary>0 to 1.</summary>
    public double Chance() => Random.Shared.NextDouble();
#pragma warning restore RS0030
}
