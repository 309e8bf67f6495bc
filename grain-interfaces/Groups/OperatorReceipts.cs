namespace ThreadGrains.Groups;

/// <summary>What became of something an operator asked for.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why not; <c>not_dead</c>, <c>thread_closed</c>, <c>not_in_doubt</c>, <c>already_closed</c>, <c>invalid</c>.</param>
/// <param name="Detail">What was wrong and how to mend it, for people.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.OperatorReceipt")]
public sealed record OperatorReceipt(
    [property: Id(0)] OperatorOutcome Outcome,
    [property: Id(1)] string? Reason = null,
    [property: Id(2)] string? Detail = null);

/// <summary>What became of something an operator asked for.</summary>
[GenerateSerializer, Alias("threadgrains.OperatorOutcome")]
public enum OperatorOutcome
{
    /// <summary>Committed.</summary>
    Done = 0,

    /// <summary>The group has no such thread or delivery (HTTP 404).</summary>
    NotFound = 1,

    /// <summary>Its state does not allow it (HTTP 409).</summary>
    NotPossible = 2,

    /// <summary>The ledger cannot take it now (HTTP 503).</summary>
    Unavailable = 3,
}

/// <summary>How an operator ends a doubt.</summary>
[GenerateSerializer, Alias("threadgrains.DoubtVerdict")]
public enum DoubtVerdict
{
    /// <summary>It is in Slack, at the <c>ts</c> given.</summary>
    Sent = 0,

    /// <summary>It is not in Slack: send it again.</summary>
    Resend = 1,

    /// <summary>Leave it: dead, with reason <c>in_doubt</c>.</summary>
    Skip = 2,
}
