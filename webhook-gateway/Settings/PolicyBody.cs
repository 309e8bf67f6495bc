using System.ComponentModel.DataAnnotations;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Settings;

/// <summary>What is posted where. Decided when an activity is accepted, and never changed for it afterwards.</summary>
internal sealed record PolicyBody
{
    private const string Close = "close";
    private const string Repost = "repost";

    /// <summary>The first rule that matches a channel and a kind of activity decides; none: into the thread, announcement edited.</summary>
    public required IReadOnlyList<PolicyRuleBody> Rules { get; init; }

    /// <summary>By activity type, ignore or post: what becomes of activities of system actors. * stands for all other types. Absent: as configured.</summary>
    public IReadOnlyDictionary<string, string>? SystemActors { get; init; }

    /// <summary>When an announcement of ours is deleted. close: its thread is closed; repost: announced anew, with one recap of what was not posted yet, at most once in 24 h. Default close.</summary>
    [AllowedValues("close", "repost")]
    public string? ParentGone { get; init; }

    public static PolicyBody Read(JsonFields fields)
    {
        var body = new PolicyBody
        {
            Rules = [.. (fields.RequiredObjects("rules") ?? []).Select(PolicyRuleBody.Read)],
            SystemActors = fields.Texts("systemActors"),
            ParentGone = fields.Text("parentGone"),
        };
        fields.NoOthers();
        if (body.ParentGone is not (null or Close or Repost))
        {
            fields.Add(new Violation("parentGone", "must be close or repost"));
        }

        foreach (var (type, word) in body.SystemActors ?? new Dictionary<string, string>())
        {
            if (word is not ("ignore" or "post"))
            {
                fields.Add(new Violation($"systemActors.{type}", "must be ignore or post"));
            }
        }

        if (fields.Violations.Count == 0)
        {
            foreach (var violation in SettingsRules.Check(body.ToPolicy()))
            {
                fields.Add(violation);
            }
        }

        return body;
    }

    public static PolicyBody Of(PostingPolicy policy) => new()
    {
        Rules = [.. policy.Rules.Select(PolicyRuleBody.Of)],
        SystemActors = policy.SystemActors?.ToDictionary(pair => pair.Key, pair => pair.Value ? "post" : "ignore"),
        ParentGone = policy.ParentGone == ParentGonePolicy.Repost ? Repost : null,
    };

    public PostingPolicy ToPolicy() => new(
        [.. Rules.Select(rule => rule.ToRule())], SystemActors?.ToDictionary(pair => pair.Key, pair => pair.Value == "post"),
        ParentGone == Repost ? ParentGonePolicy.Repost : ParentGonePolicy.Close);
}

/// <summary>One rule; what is absent matches everything.</summary>
internal sealed record PolicyRuleBody
{
    private static readonly string[] Modes = ["thread", "silent", "broadcast"];

    /// <summary>thread: a reply; silent: stored, and not posted; broadcast: a reply that is shown in the channel too.</summary>
    [AllowedValues("thread", "silent", "broadcast")]
    public required string Post { get; init; }

    /// <summary>Whether the announcement is edited when the activity changes the group. Default true.</summary>
    public bool? EditParent { get; init; }

    /// <summary>Slack's team id.</summary>
    public string? Workspace { get; init; }

    /// <summary>Slack's channel id; only together with its workspace.</summary>
    public string? Channel { get; init; }

    /// <summary>Activity types, and repeat for an alert that comes again.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    public static PolicyRuleBody Read(JsonFields fields)
    {
        var body = new PolicyRuleBody
        {
            Post = fields.RequiredWord("post", Modes),
            EditParent = fields.Flag("editParent"),
            Workspace = fields.Text("workspace"),
            Channel = fields.Text("channel"),
            Kinds = fields.TextList("kinds"),
        };
        fields.NoOthers();
        return body;
    }

    public static PolicyRuleBody Of(PostingRule rule) => new()
    {
        Post = Modes[(int)rule.Post], EditParent = rule.EditParent ? null : false, Workspace = rule.Workspace, Channel = rule.Channel, Kinds = rule.Kinds,
    };

    public PostingRule ToRule() => new((PostingMode)Array.IndexOf(Modes, Post), EditParent ?? true, Workspace, Channel, Kinds);
}
