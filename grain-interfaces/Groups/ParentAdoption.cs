namespace ThreadGrains.Groups;

/// <summary>A message that somebody else posted and under which the group's activities shall go.</summary>
/// <param name="Address">The channel it stands in.</param>
/// <param name="Ts">Slack's <c>ts</c> of the message. Of a reply: it is replaced by its parent's once it was looked up.</param>
/// <param name="Rule">As in an alert.</param>
/// <param name="OpenPeriod">As in an alert.</param>
/// <param name="Issue">As in an alert; makes the group known if it is new.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.ParentAdoption")]
public sealed record ParentAdoption(
    [property: Id(0)] ChannelAddress Address,
    [property: Id(1)] string Ts,
    [property: Id(2)] string? Rule = null,
    [property: Id(3)] string? OpenPeriod = null,
    [property: Id(4)] IssueFacts? Issue = null);

/// <summary>What became of an adoption.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Thread">The thread, where there is one.</param>
/// <param name="Reason">Why not; <c>unknown_workspace</c>, <c>message_taken</c>, <c>thread_exists</c> or <c>invalid</c>.</param>
/// <param name="Detail">What was wrong and how to mend it, for people.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.AdoptionReceipt")]
public sealed record AdoptionReceipt(
    [property: Id(0)] AdoptionOutcome Outcome,
    [property: Id(1)] Guid? Thread = null,
    [property: Id(2)] string? Reason = null,
    [property: Id(3)] string? Detail = null);

/// <summary>What became of an adoption.</summary>
[GenerateSerializer, Alias("threadgrains.AdoptionOutcome")]
public enum AdoptionOutcome
{
    /// <summary>A new thread (HTTP 202).</summary>
    Adopted = 0,

    /// <summary>The same message was adopted for this group before (HTTP 200).</summary>
    AlreadyAdopted = 1,

    /// <summary>The message, or this group's place in the channel, belongs to another thread (HTTP 409).</summary>
    Taken = 2,

    /// <summary>Cannot be taken as it is (HTTP 400 or 422).</summary>
    Refused = 3,

    /// <summary>The ledger cannot take it now (HTTP 503); try again.</summary>
    Unavailable = 4,
}
