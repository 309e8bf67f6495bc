namespace ThreadGrains.Groups;

/// <summary>What became of an alert or activity. Given only after the commit that holds it.</summary>
/// <param name="Id">The sender's id.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it was ignored or refused; one of <see cref="AcceptReasons"/>.</param>
/// <param name="Sequence">Its place in the group's history; present exactly when it was stored.</param>
/// <param name="Threads">How many deliveries were made.</param>
/// <param name="RetryAfter">With <see cref="AcceptOutcome.Busy"/> and <see cref="AcceptOutcome.Unavailable"/>: when to try again.</param>
/// <param name="Detail">What was wrong and how to mend it, for people.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.AcceptReceipt")]
public sealed record AcceptReceipt(
    [property: Id(0)] string Id,
    [property: Id(1)] string Group,
    [property: Id(2)] AcceptOutcome Outcome,
    [property: Id(3)] string? Reason = null,
    [property: Id(4)] long? Sequence = null,
    [property: Id(5)] int? Threads = null,
    [property: Id(6)] TimeSpan? RetryAfter = null,
    [property: Id(7)] string? Detail = null);

/// <summary>What became of an alert or activity.</summary>
[GenerateSerializer, Alias("threadgrains.AcceptOutcome")]
public enum AcceptOutcome
{
    /// <summary>Committed, with its deliveries.</summary>
    Accepted = 0,

    /// <summary>The same id with the same content came before; the receipt repeats the first one's facts.</summary>
    Duplicate = 1,

    /// <summary>No reply is posted; <see cref="AcceptReceipt.Reason"/> says why, and a sequence that it was stored all the same.</summary>
    Ignored = 2,

    /// <summary>The same id came before with other content (HTTP 409).</summary>
    Conflict = 3,

    /// <summary>Cannot be taken as it is (HTTP 400 or 422 by reason).</summary>
    Refused = 4,

    /// <summary>Too much is waiting for this group (HTTP 429). Nothing was stored.</summary>
    Busy = 5,

    /// <summary>The ledger cannot take it now (HTTP 503). It may have been stored: send it again with the same id.</summary>
    Unavailable = 6,
}

/// <summary>The words that <see cref="AcceptReceipt.Reason"/> may hold.</summary>
public static class AcceptReasons
{
    /// <summary>The group was never announced; nothing was stored, send the activity again after the alert.</summary>
    public const string NoGroup = "no_group";

    /// <summary>A machine did it, and policy posts what people do. Stored.</summary>
    public const string NoUser = "no_user";

    /// <summary>The organization has switched threads off. Stored.</summary>
    public const string ThreadsOff = "threads_off";

    /// <summary>No handler for the type; nothing was stored.</summary>
    public const string UnsupportedType = "unsupported_type";

    /// <summary>The group has no thread that is open. Stored.</summary>
    public const string NoThreads = "no_threads";

    /// <summary>Policy silences this kind of activity. Stored.</summary>
    public const string Policy = "policy";

    /// <summary>A workspace that is not bound to the organization, or does not exist.</summary>
    public const string UnknownWorkspace = "unknown_workspace";

    /// <summary>No channel was named and the organization has no default channel.</summary>
    public const string NoChannel = "no_channel";

    /// <summary>A field is missing, of the wrong form, or too long; the detail names it.</summary>
    public const string Invalid = "invalid";

    /// <summary>The id was used for other content.</summary>
    public const string IdReused = "id_reused";
}
