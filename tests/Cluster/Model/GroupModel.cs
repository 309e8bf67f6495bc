using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.Groups;

namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>What an accept must answer.</summary>
internal sealed record Answer(AcceptOutcome Outcome, string? Reason = null, long? Sequence = null, int? Threads = null);

/// <summary>How a delivery must end. <see cref="SentOrCancelled"/>: its thread was closed while it may have been under way.</summary>
internal enum Fate { Going, Sent, SentOrCancelled, Dead }

/// <summary>One line of a thread; <paramref name="Shown"/> is what its text must hold.</summary>
internal sealed record ModelDelivery(string Event, string Kind, long Sequence, string Shown, Fate Fate = Fate.Going, bool Late = false, string? Reason = null);

/// <summary>A thread; its line holds the deliveries by position.</summary>
internal sealed record ModelThread(string Channel, string Rule, string Period, string? AdoptedTs = null)
{
    public string? Closed { get; init; }

    public ImmutableList<ModelDelivery> Line { get; init; } = [];

    public bool HasParent => AdoptedTs is not null || Line[0].Fate != Fate.Dead;

    public bool SameKey(ModelThread other) => (Channel, Rule, Period) == (other.Channel, other.Rule, other.Period);
}

/// <summary>A group as its readers must see it.</summary>
internal sealed record ModelGroup
{
    public string Status { get; init; } = "unresolved";

    public string? Assignee { get; init; }

    /// <summary>The Slack user who took it by a click.</summary>
    public string? AssignedUser { get; init; }

    public string? Title { get; init; }

    public string? Level { get; init; }

    public string? Period { get; init; }

    public long Sequence { get; init; }

    public ImmutableList<ModelThread> Threads { get; init; } = [];
}

/// <summary>
/// What groups do, as the product's description has it (design, sections 5.1, 5.7 and 6), without time, storage or Slack:
/// written to be read, and from the description, not from the code that it is compared with.
/// </summary>
internal sealed record GroupModel(string DefaultChannel, string Workspace)
{
    private static readonly string[] Supported =
    [
        "resolved", "resolved_by_age", "resolved_in_release", "resolved_in_commit", "resolved_in_pull_request", "referenced_in_commit", "unresolved",
        "regressed", "archived", "escalating", "assigned", "unassigned", "note", "external_issue_created",
    ];

    public ImmutableDictionary<string, ModelGroup> Groups { get; init; } = ImmutableDictionary<string, ModelGroup>.Empty;

    private ImmutableDictionary<string, (string Content, Answer Answer)> Ids { get; init; } = ImmutableDictionary<string, (string, Answer)>.Empty;

    public (GroupModel After, Answer Answer) Take(string group, Activity activity)
    {
        string key = $"activity {activity.Id}", content = group + JsonSerializer.Serialize(activity with { OccurredAt = null });
        if (Former(key, content) is { } former)
        {
            return (this, former);
        }

        if (!Groups.TryGetValue(group, out var before))
        {
            return (this, new Answer(AcceptOutcome.Ignored, "no_group"));
        }

        if (!Supported.Contains(activity.Type))
        {
            return (this, new Answer(AcceptOutcome.Ignored, "unsupported_type"));
        }

        bool heard = activity.Actor.Type != "system";
        var after = Meaning(before, activity) with { Sequence = before.Sequence + 1 };
        var line = new ModelDelivery(activity.Id, "reply", after.Sequence, $"mark[{activity.Id}]");
        int threads = 0;
        foreach (var thread in before.Threads.Where(thread => heard && thread.Closed is null && (before.Period ?? thread.Period) == thread.Period))
        {
            after = after with { Threads = after.Threads.Replace(thread, thread with { Line = thread.Line.Add(line) }) };
            threads++;
        }

        string? reason = !heard ? "no_user" : threads == 0 ? "no_threads" : null;
        return Store(group, after, key, content, new Answer(reason is null ? AcceptOutcome.Accepted : AcceptOutcome.Ignored, reason, after.Sequence, threads));
    }

    public (GroupModel After, Answer Answer) Take(string group, Alert alert)
    {
        string key = $"alert {alert.Id}", content = group + JsonSerializer.Serialize(alert with { OccurredAt = null });
        if (Former(key, content) is { } former)
        {
            return (this, former);
        }

        string[] channels = alert.Channels is { } named ? [.. named.Select(channel => channel.Channel).Distinct()] : [DefaultChannel];
        if (alert.Channels?.Any(channel => channel.Workspace != Workspace) == true)
        {
            return (this, new Answer(AcceptOutcome.Refused, "unknown_workspace"));
        }

        var before = Groups.GetValueOrDefault(group) ?? new ModelGroup();
        var after = before with
        {
            Title = alert.Issue.Title ?? before.Title, Level = alert.Issue.Level ?? before.Level, Period = alert.OpenPeriod ?? before.Period,
            Status = before.Status == "resolved" ? "unresolved" : before.Status, Sequence = before.Sequence + 1,
        };
        foreach (string channel in channels)
        {
            var place = new ModelThread(channel, alert.Rule ?? "", alert.OpenPeriod ?? "");
            var standing = after.Threads.Find(thread => thread.Closed is null && thread.SameKey(place));
            var line = new ModelDelivery(alert.Id, standing is null ? "root" : "repeat", after.Sequence, standing is null ? "" : "happened again");
            after = after with
            {
                Threads = standing is null
                    ? after.Threads.Add(place with { Line = [line] })
                    : after.Threads.Replace(standing, standing with { Line = standing.Line.Add(line) }),
            };
        }

        return Store(group, after, key, content, new Answer(AcceptOutcome.Accepted, null, after.Sequence, channels.Length));
    }

    public (GroupModel After, ClickOutcome Outcome, long? Sequence) Click(string group, Activity meaning, string user)
    {
        var before = Groups[group];
        if (Ids.TryGetValue($"activity {meaning.Id}", out var former))
        {
            return (this, ClickOutcome.Duplicate, former.Answer.Sequence);
        }

        if (meaning.Type == "assigned" ? before.AssignedUser == user : before.Status == Meaning(before, meaning).Status)
        {
            return (this, ClickOutcome.NothingToDo, null);
        }

        var (after, answer) = Take(group, meaning);
        var taken = after.Groups[group];
        return (after with { Groups = after.Groups.SetItem(group, meaning.Type == "assigned" ? taken with { AssignedUser = user } : taken) }, ClickOutcome.Changed, answer.Sequence);
    }

    public (GroupModel After, AdoptionOutcome Outcome, string? Reason) Adopt(string group, ModelThread parent)
    {
        var before = Groups.GetValueOrDefault(group) ?? new ModelGroup();
        if (before.Threads.Any(thread => thread.Closed is null && thread.AdoptedTs == parent.AdoptedTs))
        {
            return (this, AdoptionOutcome.AlreadyAdopted, null);
        }

        string? taken = before.Threads.Any(thread => thread.Closed is null && thread.SameKey(parent)) ? "thread_exists"
            : Groups.Values.Any(other => other.Threads.Any(thread => thread.AdoptedTs == parent.AdoptedTs)) ? "message_taken"
            : null;
        return taken is not null
            ? (this, AdoptionOutcome.Taken, taken)
            : (With(group, before with { Threads = before.Threads.Add(parent) }), AdoptionOutcome.Adopted, null);
    }

    public (GroupModel After, string? Refusal) Close(string group, int thread) => Groups[group].Threads[thread] is { Closed: null } open
        ? (With(group, thread, open with { Closed = "closed_by_operator", Line = open.Line.ConvertAll(one => one.Fate == Fate.Going ? one with { Fate = Fate.SentOrCancelled } : one) }), null)
        : (this, "already_closed");

    public (GroupModel After, string? Refusal) Reopen(string group, int thread)
    {
        var closed = Groups[group].Threads[thread];
        string? refusal = closed.Closed is null ? "not_closed"
            : !closed.HasParent ? "no_parent"
            : Groups[group].Threads.Any(other => other.Closed is null && other.SameKey(closed)) ? "thread_exists"
            : null;
        return refusal is null ? (With(group, thread, closed with { Closed = null }), null) : (this, refusal);
    }

    public (GroupModel After, string? Refusal) Replay(string group, int thread, ModelDelivery delivery)
    {
        var place = Groups[group].Threads[thread];
        string? refusal = delivery.Fate != Fate.Dead ? "not_dead" : place.Closed is not null ? "thread_closed" : null;
        return refusal is null
            ? (With(group, thread, place with { Line = place.Line.Remove(delivery).Add(delivery with { Fate = Fate.Going, Late = true, Reason = null }) }), null)
            : (this, refusal);
    }

    /// <summary>Nothing is under way any more.</summary>
    public GroupModel Quiet() => Each((_, line) => line.Fate == Fate.Going ? line with { Fate = Fate.Sent } : line);

    /// <summary>What was under way to a channel is dead; a root that is takes its thread with it.</summary>
    public GroupModel Refused(string channel, string reason)
    {
        var after = Each((thread, line) => thread.Channel == channel && line.Fate == Fate.Going ? line with { Fate = Fate.Dead, Reason = reason } : line);
        return after with
        {
            Groups = after.Groups.ToImmutableDictionary(group => group.Key, group => group.Value with
            {
                Threads = group.Value.Threads.ConvertAll(thread => thread.HasParent || thread.Closed is not null ? thread : thread with { Closed = reason }),
            }),
        };
    }

    private GroupModel Each(Func<ModelThread, ModelDelivery, ModelDelivery> change) => this with
    {
        Groups = Groups.ToImmutableDictionary(group => group.Key, group => group.Value with
        {
            Threads = group.Value.Threads.ConvertAll(thread => thread with { Line = thread.Line.ConvertAll(line => change(thread, line)) }),
        }),
    };

    private static ModelGroup Meaning(ModelGroup group, Activity activity) => activity.Type switch
    {
        "resolved" or "resolved_by_age" or "resolved_in_release" or "resolved_in_commit" => group with { Status = "resolved" },
        "archived" => group with { Status = "archived" },
        "unresolved" or "regressed" or "escalating" => group with { Status = "unresolved" },
        "assigned" => group with { Assignee = (string?)JsonNode.Parse(activity.Data!)!["assignee"], AssignedUser = null },
        "unassigned" => group with { Assignee = null, AssignedUser = null },
        _ => group,
    };

    private Answer? Former(string key, string content) => !Ids.TryGetValue(key, out var former) ? null
        : former.Content == content ? former.Answer with { Outcome = AcceptOutcome.Duplicate }
        : new Answer(AcceptOutcome.Conflict, "id_reused");

    private (GroupModel, Answer) Store(string group, ModelGroup after, string key, string content, Answer answer) =>
        (With(group, after) with { Ids = Ids.SetItem(key, (content, answer)) }, answer);

    private GroupModel With(string group, ModelGroup after) => this with { Groups = Groups.SetItem(group, after) };

    private GroupModel With(string group, int thread, ModelThread after) =>
        With(group, Groups[group] with { Threads = Groups[group].Threads.SetItem(thread, after) });
}
