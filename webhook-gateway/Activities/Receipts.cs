using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>A receipt as HTTP shows it.</summary>
internal sealed record ReceiptBody(string Id, string Group, string Outcome, string? Reason, long? Sequence, int? Threads);

/// <summary>From a grain's receipt to an answer.</summary>
internal static class Receipts
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The body of a 202, or the problem that it is.</summary>
    public static (ReceiptBody? Body, Problem? Problem) Of(AcceptReceipt? receipt) => receipt switch
    {
        null => (null, Problem.Unavailable()),
        { Outcome: AcceptOutcome.Accepted } => (Body(receipt, "accepted"), null),
        { Outcome: AcceptOutcome.Duplicate } => (Body(receipt, "duplicate"), null),
        { Outcome: AcceptOutcome.Ignored } => (Body(receipt, "ignored"), null),
        { Outcome: AcceptOutcome.Conflict } => (null, new Problem(409, AcceptReasons.IdReused, "The id was used for other content.", receipt.Detail)),
        { Outcome: AcceptOutcome.Busy } => (null, Problem.Busy(receipt.RetryAfter, receipt.Detail)),
        { Outcome: AcceptOutcome.Unavailable } => (null, Problem.Unavailable(receipt.Detail)),
        { Outcome: AcceptOutcome.Refused, Reason: AcceptReasons.UnknownWorkspace } => (null, UnknownWorkspace(receipt.Detail)),
        { Outcome: AcceptOutcome.Refused, Reason: AcceptReasons.NoChannel } => (null, new Problem(422, AcceptReasons.NoChannel, "There is no channel to announce it in.", receipt.Detail)),
        { Outcome: AcceptOutcome.Refused } => (null, new Problem(400, "invalid_request", "The request is not well formed.", receipt.Detail)),
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {receipt.Outcome}"),
    };

    public static Problem UnknownWorkspace(string? detail) => new(422, AcceptReasons.UnknownWorkspace, "The workspace is not connected to this organization.", detail);

    private static ReceiptBody Body(AcceptReceipt receipt, string outcome) =>
        new(receipt.Id, receipt.Group, outcome, receipt.Reason, receipt.Sequence, receipt.Threads);
}
