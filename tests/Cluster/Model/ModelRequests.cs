using ThreadGrains.Groups;
using Activity = ThreadGrains.Groups.Activity;

namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>An alert or an activity, on its way to a group.</summary>
internal sealed record Request(string Group, Activity? Activity, Alert? Alert);

/// <summary>The requests of one story: new ones, and former ones again. Every text names the id, so that it is known in Slack.</summary>
internal sealed class ModelRequests(string name, string[] groups, string[] channels)
{
    private int _made;

    public string[] Groups => groups;

    /// <summary>Those that were sent, to come again.</summary>
    public List<Request> Sent { get; } = [];

    /// <summary>The request of a step; null: there is nothing to repeat yet.</summary>
    public Request? Make(Step.Told told)
    {
        string id = $"{name}.{_made++}";
        switch (told)
        {
            case Step.Act act:
                return new Request(groups[act.Group], new Activity(id, act.Type, new Actor(act.Actor, Name: $"mark[{id}]"), Data(act.Type, id)), null);
            case Step.Alarm alarm:
                var named = alarm.Channels.Select(one => one == 'x'
                    ? new ChannelAddress("T0STRANGER", channels[0])
                    : new ChannelAddress(GroupCluster.Team, channels[one - '0'])).ToArray();
                return new Request(groups[alarm.Group], null, new Alert(
                    id, new IssueFacts($"Checkout is down, says {id}", Level: alarm.Level), alarm.Rule, alarm.Period, named.Length > 0 ? named : null));
            case Step.Again again when Sent.Count > 0:
                var former = Sent[again.Former % Sent.Count];
                var later = DateTimeOffset.UnixEpoch.AddSeconds(_made);
                return former with { Activity = former.Activity is { } a ? a with { OccurredAt = later } : null, Alert = former.Alert is { } b ? b with { OccurredAt = later } : null };
            case Step.Reuse reuse when Sent.Count > 0:
                var other = Sent[reuse.Former % Sent.Count];
                return reuse.Elsewhere
                    ? other with { Group = groups.Single(group => group != other.Group) }
                    : new Request(
                        other.Group, other.Activity is { } x ? x with { Type = "note", Data = Data("note", id) } : null,
                        other.Alert is { } y ? y with { Channels = [new ChannelAddress("T0STRANGER", channels[0])] } : null);
            default:
                return null;
        }
    }

    private static string? Data(string type, string id) => type switch
    {
        "note" => $$"""{"text":"mark[{{id}}]"}""",
        "assigned" => $$"""{"assignee":"team of {{id}}","assigneeType":"team"}""",
        "resolved_in_commit" => """{"commit":"0123456789abcdef"}""",
        "resolved_in_pull_request" => """{"number":17}""",
        "external_issue_created" => """{"provider":"tracker"}""",
        _ => null,
    };
}
