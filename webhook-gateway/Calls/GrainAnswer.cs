namespace ThreadGrains.WebhookGateway.Calls;

/// <summary>What a call of a grain came to. A grain that cannot be reached is expected, not exceptional.</summary>
internal abstract record GrainAnswer<T>
{
    private GrainAnswer()
    {
    }

    /// <summary>It answered.</summary>
    public sealed record Answered(T Value) : GrainAnswer<T>;

    /// <summary>Nobody knows: it did not answer in time, or its silo is gone. What was asked may have been done.</summary>
    public sealed record Silent : GrainAnswer<T>;
}
