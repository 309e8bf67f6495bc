using System.ComponentModel.DataAnnotations;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Alerts;

namespace ThreadGrains.WebhookGateway.Groups;

/// <summary>A group as it is now.</summary>
internal sealed record GroupAnswer
{
    /// <summary>Your id of the group.</summary>
    public required string Group { get; init; }

    /// <summary>unresolved, resolved or archived.</summary>
    [AllowedValues("unresolved", "resolved", "archived")]
    public required string Status { get; init; }

    /// <summary>Who has it.</summary>
    public string? Assignee { get; init; }

    /// <summary>What the last alerts said.</summary>
    public required IssueBody Issue { get; init; }

    /// <summary>The last sequence number given; 0: none yet.</summary>
    public required long Sequence { get; init; }

    /// <summary>Its threads, oldest first, closed ones too.</summary>
    public required IReadOnlyList<ThreadAnswer> Threads { get; init; }

    public static GroupAnswer Of(GroupView view) => new()
    {
        Group = view.Group,
        Status = view.Status,
        Assignee = view.Assignee,
        Issue = IssueBody.Of(view.Issue),
        Sequence = view.Sequence,
        Threads = [.. view.Threads.Select(ThreadAnswer.Of)],
    };
}

/// <summary>A thread of a group.</summary>
internal sealed record ThreadAnswer
{
    /// <summary>The thread's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Slack's team id.</summary>
    public required string Workspace { get; init; }

    /// <summary>Slack's channel id.</summary>
    public required string Channel { get; init; }

    /// <summary>The announcement's ts, once known.</summary>
    public string? Ts { get; init; }

    /// <summary>posting: the announcement has no ts yet; open; parked: its channel or workspace is in trouble; closed.</summary>
    [AllowedValues("posting", "open", "parked", "closed")]
    public required string State { get; init; }

    /// <summary>Why it is parked or closed.</summary>
    public string? Reason { get; init; }

    /// <summary>As in the alert.</summary>
    public string? Rule { get; init; }

    /// <summary>As in the alert.</summary>
    public string? OpenPeriod { get; init; }

    public static ThreadAnswer Of(ThreadView view) => new()
    {
        Id = view.Id,
        Workspace = view.Workspace,
        Channel = view.Channel,
        Ts = view.Ts,
        State = view.State,
        Reason = view.Reason,
        Rule = NullIfEmpty(view.Rule),
        OpenPeriod = NullIfEmpty(view.OpenPeriod),
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>A thread that was closed, or opened again.</summary>
/// <param name="Thread">The thread's id.</param>
/// <param name="State">closed or open.</param>
internal sealed record ThreadStateAnswer(Guid Thread, [property: AllowedValues("closed", "open")] string State);
