using System.ComponentModel.DataAnnotations;
using ThreadGrains.Ledger;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>Whether something can be posted to, and if not, why.</summary>
internal abstract record HealthFacts
{
    /// <summary>ok; parked: everything for it waits.</summary>
    [AllowedValues("ok", "parked")]
    public required string State { get; init; }

    /// <summary>Slack's word for the trouble.</summary>
    public string? Error { get; init; }

    /// <summary>What that means.</summary>
    public string? Reason { get; init; }

    /// <summary>How to mend it.</summary>
    public string? Mend { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it is tried again by itself.</summary>
    public DateTimeOffset? ProbeAt { get; init; }
}

/// <summary>A workspace in which the app is installed.</summary>
internal sealed record WorkspaceAnswer : HealthFacts
{
    /// <summary>Slack's team id.</summary>
    public required string Workspace { get; init; }

    /// <summary>Where its token comes from; absent: there is none.</summary>
    public InstallationAnswer? Installed { get; init; }

    /// <summary>With missing_scope: the scopes of which Slack needs one.</summary>
    public string? Needed { get; init; }

    /// <summary>With missing_scope: the scopes that the token has.</summary>
    public string? Provided { get; init; }

    /// <summary>Scopes that the app lacks and that matter for its main job, whether or not anything met that yet.</summary>
    public IReadOnlyList<string>? MissingScopes { get; init; }

    public static WorkspaceAnswer Of(string workspace, HealthView health)
    {
        var words = health.Error is { } error ? PlainWords.Of(error) : default;
        return new WorkspaceAnswer
        {
            Workspace = workspace, State = health.Error is null ? "ok" : "parked", Error = health.Error, Reason = words.Reason, Mend = words.Mend,
            Since = health.Since, ProbeAt = health.ProbeAt, Installed = InstallationAnswer.Of(health.Installation),
            Needed = health.Needed, Provided = health.Provided, MissingScopes = health.MissingScopes,
        };
    }
}

/// <summary>A channel in which your organization has threads.</summary>
internal sealed record ChannelAnswer : HealthFacts
{
    /// <summary>Slack's team id.</summary>
    public required string Workspace { get; init; }

    /// <summary>Slack's channel id.</summary>
    public required string Channel { get; init; }

    /// <summary>Its name, if Slack told of it.</summary>
    public string? Name { get; init; }

    /// <summary>Threads that are not closed.</summary>
    public int? OpenThreads { get; init; }

    /// <summary>Of those: held up by a trouble.</summary>
    public int? ParkedThreads { get; init; }

    /// <summary>Deliveries that have not ended.</summary>
    public long? Waiting { get; init; }

    public static ChannelAnswer Of(string workspace, string channel, HealthView health, ChannelSummary? counts)
    {
        var words = health.Error is { } error ? PlainWords.Of(error) : default;
        return new ChannelAnswer
        {
            Workspace = workspace, Channel = channel, Name = health.Name, State = health.Error is null ? "ok" : "parked", Error = health.Error,
            Reason = words.Reason, Mend = words.Mend, Since = health.Since, ProbeAt = health.ProbeAt,
            OpenThreads = counts?.OpenThreads, ParkedThreads = counts?.ParkedThreads, Waiting = counts?.Waiting,
        };
    }
}

/// <summary>The workspaces of your organization.</summary>
/// <param name="Items">In order of their ids.</param>
internal sealed record WorkspacesAnswer(IReadOnlyList<WorkspaceAnswer> Items);

/// <summary>Channels, in order of their ids.</summary>
/// <param name="Items">One page.</param>
/// <param name="Next">The cursor of the next page, if there is one.</param>
internal sealed record ChannelsAnswer(IReadOnlyList<ChannelAnswer> Items, string? Next);
