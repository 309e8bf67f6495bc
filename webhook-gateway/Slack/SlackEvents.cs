using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>What an authentic event comes to: one call to the workspace's grain, which takes each event once.</summary>
internal sealed partial class SlackEvents(GrainCalls grains, GatewayMetrics metrics, IOptions<GatewayOptions> options, TimeProvider clock, ILogger<SlackEvents> logger)
{
    private TimeSpan Patience => options.Value.SlackGrainPatience;

    /// <returns>The HTTP status.</returns>
    public async Task<int> Take(EventPayload payload, string digest, CancellationToken budget)
    {
        switch (payload)
        {
            case EventPayload.EventCallback callback:
                return await Take(callback, digest, budget);
            case EventPayload.AppRateLimited limited:
                // Slack drops what happens in this minute: until the next look at a thread we may not know what became of it.
                LogDropped(limited.TeamId);
                return StatusCodes.Status200OK;
            default:
                metrics.FromSlack("unhandled");
                return StatusCodes.Status200OK;
        }
    }

    private async Task<int> Take(EventPayload.EventCallback callback, string digest, CancellationToken budget)
    {
        if (callback.Workspace.TeamId is not { } team)
        {
            // What happens in a whole organization on Enterprise Grid is about no workspace.
            metrics.FromSlack("unhandled");
            return StatusCodes.Status200OK;
        }

        // An id that is none of Slack's must not become a grain's key.
        if (!SlackIdForm.IsMatch(team))
        {
            return StatusCodes.Status403Forbidden;
        }

        // Once only: a second question about the same signature would be told that it is a repetition.
        switch (await grains.Ask(factory => factory.GetGrain<ISlackWorkspaceGrain>(team).Admit(callback.ApiAppId, digest), Patience, budget))
        {
            case GrainAnswer<WorkspaceAdmission>.Answered { Value: WorkspaceAdmission.Admitted }:
                break;
            case GrainAnswer<WorkspaceAdmission>.Answered { Value: WorkspaceAdmission.Repeated }:
                metrics.FromSlack("repeated");
                return StatusCodes.Status200OK;
            case GrainAnswer<WorkspaceAdmission>.Answered { Value: WorkspaceAdmission.Unknown }:
                return StatusCodes.Status403Forbidden;
            default:
                return StatusCodes.Status503ServiceUnavailable;
        }

        if (Happening(WorkspaceEvent.Of(callback)) is not { } happening)
        {
            metrics.FromSlack("unhandled");
            return StatusCodes.Status200OK;
        }

        var happened = new SlackEvent(callback.EventId, WorkspaceEvent.MomentOf(callback) ?? clock.GetUtcNow(), happening);
        var answer = await grains.Insist(factory => factory.GetGrain<ISlackWorkspaceGrain>(team).Take(happened), Patience, budget);
        if (answer is not GrainAnswer<SlackEventOutcome>.Answered { Value: var outcome } || outcome == SlackEventOutcome.Unavailable)
        {
            return StatusCodes.Status503ServiceUnavailable;
        }

        metrics.FromSlack(outcome switch
        {
            SlackEventOutcome.Done => "event_done",
            SlackEventOutcome.Repeated => "repeated",
            _ => "event_without_effect",
        });
        return StatusCodes.Status200OK;
    }

    /// <summary>What an event means to us; null: nothing, or it names what no channel or user of Slack's is called.</summary>
    private static SlackHappening? Happening(WorkspaceEvent read) => read switch
    {
        WorkspaceEvent.ChannelArchived { Channel: var channel } when SlackIdForm.IsMatch(channel) => new SlackHappening.ChannelShut(channel, "is_archived"),
        WorkspaceEvent.ChannelUnarchived { Channel: var channel } when SlackIdForm.IsMatch(channel) => new SlackHappening.ChannelOpened(channel),
        WorkspaceEvent.ChannelDeleted { Channel: var channel } when SlackIdForm.IsMatch(channel) => new SlackHappening.ChannelShut(channel, "channel_deleted"),
        WorkspaceEvent.ChannelRenamed { Channel: var channel, Name: var name } when SlackIdForm.IsMatch(channel) && name.Length <= MaxNameLength =>
            new SlackHappening.ChannelRenamed(channel, name),
        WorkspaceEvent.ChannelIdChanged { Old: var old, New: var anew } when SlackIdForm.IsMatch(old) && SlackIdForm.IsMatch(anew) && old != anew =>
            new SlackHappening.ChannelMoved(old, anew),
        WorkspaceEvent.ChannelLeft { Channel: var channel } when SlackIdForm.IsMatch(channel) => new SlackHappening.MemberLeft(channel, null),
        WorkspaceEvent.MemberLeft { Channel: var channel, User: var user } when SlackIdForm.IsMatch(channel) => new SlackHappening.MemberLeft(channel, user),
        WorkspaceEvent.MemberJoined { Channel: var channel, User: var user } when SlackIdForm.IsMatch(channel) => new SlackHappening.MemberJoined(channel, user),
        WorkspaceEvent.MessageDeleted { Channel: var channel, Ts: var ts } when SlackIdForm.IsMatch(channel) => new SlackHappening.MessageDeleted(channel, ts.ToString()),
        WorkspaceEvent.PostSeen { Channel: var channel } seen when SlackIdForm.IsMatch(channel) =>
            new SlackHappening.PostSeen(channel, seen.Ts.ToString(), seen.Marker.Post, seen.User, seen.AppId, seen.ThreadTs?.ToString()),
        WorkspaceEvent.AppUninstalled => new SlackHappening.Uninstalled(),
        WorkspaceEvent.TokensRevoked revoked => new SlackHappening.TokensRevoked(revoked.BotUsers),
        _ => null,
    };

    private const int MaxNameLength = 200;

    [LoggerMessage(EventName = "slack_events_dropped", Level = LogLevel.Error,
        Message = "Slack sends workspace {Workspace} no events of this minute, because there were too many; unsubscribe from events that are not needed")]
    private partial void LogDropped(string? workspace);
}

/// <summary>The form of Slack's ids of workspaces, channels and users.</summary>
internal static partial class SlackIdForm
{
    public static bool IsMatch(string id) => Form().IsMatch(id);

    [GeneratedRegex(@"^[A-Z][A-Z0-9]{1,63}\z")]
    private static partial Regex Form();
}
