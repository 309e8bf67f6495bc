using System.ComponentModel.DataAnnotations;
using ThreadGrains.Ledger;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>One activity or alert for one thread, or (callback) one click's activity for the tracker.</summary>
internal sealed record DeliveryAnswer
{
    /// <summary>The delivery's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Your id of the group.</summary>
    public required string Group { get; init; }

    /// <summary>Your id of the activity or alert.</summary>
    public required string Activity { get; init; }

    /// <summary>root, reply, repeat, recap or callback.</summary>
    [AllowedValues("root", "reply", "repeat", "recap", "callback")]
    public required string Kind { get; init; }

    /// <summary>Slack's team id; absent for a callback.</summary>
    public string? Workspace { get; init; }

    /// <summary>Slack's channel id; absent for a callback.</summary>
    public string? Channel { get; init; }

    /// <summary>The announcement's ts, once known.</summary>
    public string? ThreadTs { get; init; }

    /// <summary>The activity's place in the group's history.</summary>
    public required long Sequence { get; init; }

    /// <summary>pending, sending, in_doubt, sent, dead or cancelled.</summary>
    [AllowedValues("pending", "sending", "in_doubt", "sent", "dead", "cancelled")]
    public required string State { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>Whether it was replayed, and stands at the end of its thread.</summary>
    public required bool Late { get; init; }

    /// <summary>The post that carries it.</summary>
    public Guid? Post { get; init; }

    /// <summary>Its ts in Slack, once sent.</summary>
    public string? SlackTs { get; init; }

    /// <summary>Why it waits, is in doubt, dead or cancelled.</summary>
    public string? Reason { get; init; }

    public static DeliveryAnswer Of(DeliveryView view) => new()
    {
        Id = view.Id,
        Group = view.Group,
        Activity = view.Activity,
        Kind = view.Kind,
        Workspace = view.Workspace,
        Channel = view.Channel,
        ThreadTs = view.ThreadTs,
        Sequence = view.Sequence,
        State = view.State,
        Attempts = view.Attempts,
        Late = view.Late,
        Post = view.Post,
        SlackTs = view.SlackTs,
        Reason = view.Reason,
    };
}

/// <summary>A page of deliveries, in the order of their making.</summary>
/// <param name="Items">The deliveries.</param>
/// <param name="Next">Cursor of the next page; absent: this was the last.</param>
internal sealed record DeliveryPageAnswer(IReadOnlyList<DeliveryAnswer> Items, string? Next = null);

/// <summary>How many deliveries are sent again.</summary>
/// <param name="Replayed">The number.</param>
internal sealed record ReplayedAnswer(int Replayed);
