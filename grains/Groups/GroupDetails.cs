using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Groups;

/// <summary>What a group's state holds beyond status and assignee; stored as JSON in the ledger's <c>details</c>.</summary>
/// <param name="StatusBy">Who set the status, as shown.</param>
/// <param name="StatusAt">When it was accepted.</param>
/// <param name="StatusNote">What the card says beside the status, such as <c>in 1.2.3</c>.</param>
/// <param name="AssigneeId">The assignee's id, where the assigning activity had one.</param>
/// <param name="AssigneeType">user or team.</param>
/// <param name="AssignedBy">Who assigned it, as shown.</param>
/// <param name="OpenPeriod">The current open period: that of the newest alert which named one.</param>
/// <param name="AssignedById">The id of whoever assigned it, where there is one: two people can have one name.</param>
internal sealed record GroupDetails(
    string? StatusBy = null,
    DateTimeOffset? StatusAt = null,
    string? StatusNote = null,
    string? AssigneeId = null,
    string? AssigneeType = null,
    string? AssignedBy = null,
    string? OpenPeriod = null,
    string? AssignedById = null)
{
    public static GroupDetails Parse(string json) => JsonSerializer.Deserialize(json, GroupJson.Default.GroupDetails) ?? new GroupDetails();

    public string ToJson() => JsonSerializer.Serialize(this, GroupJson.Default.GroupDetails);
}

/// <summary>The JSON forms of what the grains keep in the ledger.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GroupDetails))]
[JsonSerializable(typeof(IssueFacts))]
[JsonSerializable(typeof(Actor))]
[JsonSerializable(typeof(StoredReceipt))]
internal sealed partial class GroupJson : JsonSerializerContext;

/// <summary>What a duplicate repeats of the first receipt.</summary>
/// <param name="Outcome">accepted or ignored.</param>
/// <param name="Reason">Why it was ignored.</param>
/// <param name="Sequence">Its place in the group's history.</param>
/// <param name="Threads">How many deliveries were made.</param>
internal sealed record StoredReceipt(AcceptOutcome Outcome, string? Reason, long? Sequence, int? Threads)
{
    public static StoredReceipt Parse(string json) => JsonSerializer.Deserialize(json, GroupJson.Default.StoredReceipt)
        ?? throw new InvalidOperationException("A stored receipt is empty.");

    public string ToJson() => JsonSerializer.Serialize(this, GroupJson.Default.StoredReceipt);
}
