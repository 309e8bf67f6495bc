using System.ComponentModel.DataAnnotations;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>What became of an alert or activity that was taken. Sent only after the commit that holds it.</summary>
internal sealed record ReceiptAnswer
{
    /// <summary>Your id.</summary>
    public required string Id { get; init; }

    /// <summary>The group.</summary>
    public required string Group { get; init; }

    /// <summary>accepted; duplicate: the same came before, and its facts are repeated; ignored: no reply is posted, see reason.</summary>
    [AllowedValues("accepted", "duplicate", "ignored")]
    public required string Outcome { get; init; }

    /// <summary>Why it was ignored: no_group, no_user, threads_off, unsupported_type, no_threads, policy.</summary>
    public string? Reason { get; init; }

    /// <summary>Its place in the group's history; there exactly when it was stored.</summary>
    public long? Sequence { get; init; }

    /// <summary>How many deliveries were made.</summary>
    public int? Threads { get; init; }

    /// <summary>In a batch: the line's own HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>In a batch: the line's number, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>The one place that turns a grain's receipt into what HTTP says.</summary>
    /// <returns>The answer to a receipt that was given, or the problem.</returns>
    public static (ReceiptAnswer? Answer, Problem? Problem) Of(GrainAnswer<AcceptReceipt> answer) => answer switch
    {
        GrainAnswer<AcceptReceipt>.Answered { Value: var receipt } => Of(receipt),
        _ => (null, Silent()),
    };

    public static (ReceiptAnswer? Answer, Problem? Problem) Of(AcceptReceipt receipt) => receipt.Outcome switch
    {
        AcceptOutcome.Accepted => (Taken(receipt, "accepted"), null),
        AcceptOutcome.Duplicate => (Taken(receipt, "duplicate"), null),
        AcceptOutcome.Ignored => (Taken(receipt, "ignored"), null),
        AcceptOutcome.Conflict => (null, Problem.Of(ProblemKinds.IdReused, receipt.Detail ?? $"The id {receipt.Id} was used for other content in the last seven days. Send this one under a new id.")),
        AcceptOutcome.Refused => (null, Refused(receipt)),
        AcceptOutcome.Busy => (null, Problem.Of(ProblemKinds.Busy, receipt.Detail ?? "Too much is waiting for this group. Nothing was stored; send it again later.", retryAfter: receipt.RetryAfter)),
        AcceptOutcome.Unavailable => (null, Problem.Of(ProblemKinds.Unavailable, receipt.Detail ?? SendAgain, retryAfter: receipt.RetryAfter)),
        _ => throw new System.Diagnostics.UnreachableException($"No answer for {receipt.Outcome}"),
    };

    /// <summary>No answer in time: it may have been stored.</summary>
    public static Problem Silent() => Problem.Of(ProblemKinds.Unavailable, SendAgain);

    private const string SendAgain = "It cannot be said now whether this was stored. Send it again with the same id: it counts once.";

    private static ReceiptAnswer Taken(AcceptReceipt receipt, string outcome) => new()
    {
        Id = receipt.Id,
        Group = receipt.Group,
        Outcome = outcome,
        Reason = receipt.Reason,
        Sequence = receipt.Sequence,
        Threads = receipt.Threads,
    };

    private static Problem Refused(AcceptReceipt receipt) => receipt.Reason switch
    {
        AcceptReasons.UnknownWorkspace => Problem.Of(ProblemKinds.UnknownWorkspace, receipt.Detail ?? "Name a workspace that is connected to your organization."),
        AcceptReasons.NoChannel => Problem.Of(ProblemKinds.NoChannel, receipt.Detail ?? "Name channels in the alert, or set a default channel for your organization."),
        _ => Problem.Of(ProblemKinds.InvalidRequest, receipt.Detail),
    };
}
