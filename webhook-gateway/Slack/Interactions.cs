using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>What an authentic interaction comes to. Everything in it is a pointer to look things up with, and no proof of anything.</summary>
internal sealed class Interactions(GrainCalls grains, GatewayMetrics metrics, IOptions<GatewayOptions> options)
{
    // Slack sends one; several are handled, but not without end.
    private const int MaxActions = 10;
    private const int MaxNameLength = 200;

    private const string NotOurs = "Nothing was changed: this message is not the announcement of an issue that can be changed from here.";
    private const string UnknownButton = "Nothing was changed: this button is not one that is known here. The message may be from an older version.";

    private static readonly string[] Buttons = [ClickActions.Resolve, ClickActions.Unresolve, ClickActions.Archive, ClickActions.AssignMe];

    private TimeSpan Patience => options.Value.SlackGrainPatience;

    /// <returns>The HTTP status.</returns>
    public async Task<int> Take(InteractivePayload payload, string digest, CancellationToken budget)
    {
        // An id that is none of Slack's must not become a grain's key.
        if (payload.TeamId is not { } team || !SlackIdForm.IsMatch(team))
        {
            return StatusCodes.Status403Forbidden;
        }

        // Once only: a second question about the same signature would be told that it is a repetition.
        var admission = await grains.Ask(
            factory => factory.GetGrain<ISlackWorkspaceGrain>(team).Admit(payload.ApiAppId, digest), Patience, budget);
        switch (admission)
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

        if (payload is not InteractivePayload.BlockActions actions || actions.MessageTs is null || actions.ChannelId is null)
        {
            metrics.FromSlack("unhandled");
            return StatusCodes.Status200OK;
        }

        return await Clicked(actions, team, budget);
    }

    private async Task<int> Clicked(InteractivePayload.BlockActions payload, string team, CancellationToken budget)
    {
        if (!SlackIdForm.IsMatch(payload.ChannelId!) || !SlackIdForm.IsMatch(payload.User.Id)
            || (payload.User.TeamId is { } userTeam && !SlackIdForm.IsMatch(userTeam)))
        {
            return StatusCodes.Status400BadRequest;
        }

        var address = new ChannelAddress(team, payload.ChannelId!);
        string messageTs = payload.MessageTs!.Value.ToString();
        foreach (var action in payload.Actions.Take(MaxActions))
        {
            if (!Buttons.Contains(action.ActionId, StringComparer.Ordinal))
            {
                metrics.FromSlack("unknown_action");
                await Whisper(payload, address, UnknownButton, budget);
                continue;
            }

            if (!RequestRules.IsTs(action.ActionTs))
            {
                return StatusCodes.Status400BadRequest;
            }

            var click = new Click(
                address, messageTs, action.ActionId, action.ActionTs, payload.User.Id, Shown(payload.User.Name), payload.Message?.Marker?.Post,
                payload.User.TeamId);
            switch (await Click(click, budget))
            {
                case ClickOutcome.Changed or ClickOutcome.Duplicate or ClickOutcome.NothingToDo:
                    break;
                case ClickOutcome.Stranger:
                    metrics.FromSlack("stranger");
                    break;
                case ClickOutcome.NotOurs:
                    metrics.FromSlack("not_ours");
                    await Whisper(payload, address, NotOurs, budget);
                    break;
                default:
                    return StatusCodes.Status503ServiceUnavailable;
            }
        }

        return StatusCodes.Status200OK;
    }

    private async Task<ClickOutcome> Click(Click click, CancellationToken budget)
    {
        var found = await grains.Insist(
            factory => factory.GetGrain<ILedgerReaderGrain>(0).FindGroupOfMessage(click.Address, click.MessageTs, click.MarkerPost), Patience, budget);
        switch (found)
        {
            case GrainAnswer<GroupKey?>.Answered { Value: { } group }:
                return await Click(click, group, budget);
            case GrainAnswer<GroupKey?>.Answered:
                return ClickOutcome.NotOurs;
            default:
                return ClickOutcome.Unavailable;
        }
    }

    private async Task<ClickOutcome> Click(Click click, GroupKey group, CancellationToken budget)
    {
        var outcome = ClickOutcome.Unavailable;
        try
        {
            // Idempotent by the click's own id, so it may be repeated when a silo goes away.
            var receipt = await grains.Insist(factory => factory.GetGrain<IIssueGroupGrain>(group.ToString()).Click(click), Patience, budget);
            outcome = receipt is GrainAnswer<ClickReceipt>.Answered { Value: var answer } ? answer.Outcome : ClickOutcome.Unavailable;
            return outcome;
        }
        finally
        {
            if (outcome == ClickOutcome.Unavailable)
            {
                // Slack shows an error now, and the click may still be applied: the group tells the person what became of it.
                _ = Follow(click, group);
            }
        }
    }

    private async Task Follow(Click click, GroupKey group) => await grains.Ask(
        async factory =>
        {
            await factory.GetGrain<IIssueGroupGrain>(group.ToString()).FollowClick(click);
            return true;
        },
        Patience, CancellationToken.None);

    /// <summary>Best effort: that nobody could be told changes nothing about the answer to Slack.</summary>
    private async Task Whisper(InteractivePayload.BlockActions payload, ChannelAddress address, string text, CancellationToken budget) =>
        await grains.Ask(
            async factory =>
            {
                await factory.GetGrain<ISlackWorkspaceGrain>(address.Workspace).Whisper(address.Channel, payload.User.Id, payload.ThreadTs?.ToString(), text);
                return true;
            },
            Patience, budget);

    /// <summary>A name is text that somebody chose: what no database stores is left out, and what nobody reads is cut.</summary>
    private static string? Shown(string? name)
    {
        if (name is null || name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        return name.Length <= MaxNameLength ? name : name[..(char.IsHighSurrogate(name[MaxNameLength - 1]) ? MaxNameLength - 1 : MaxNameLength)];
    }
}
