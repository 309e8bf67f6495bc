using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Channels;

/// <summary>The lanes of one channel, as grains shared by all silos. Who has a permit has the token of the call, too.</summary>
internal sealed class GrainLanes(IGrainFactory grains, string organization, ChannelAddress address, WorkspaceTokens tokens) : ILanes
{
    /// <summary>Until a thread asks again for a token that its organization does not have: no permit helps it meanwhile.</summary>
    private static readonly TimeSpan WithoutToken = TimeSpan.FromMinutes(1);

    /// <summary>The token that the last permit was for.</summary>
    private SlackToken? _permitted;

    private ISlackChannelGrain Channel => grains.GetGrain<ISlackChannelGrain>(address.ToString());

    private IWorkspaceLaneGrain Workspace => grains.GetGrain<IWorkspaceLaneGrain>(address.Workspace);

    public async Task<PermitAnswer> ForPost(Guid thread)
    {
        var permit = await Channel.Acquire(thread);
        var answer = await WithToken(permit);
        if (permit is PermitAnswer.Granted && answer is not PermitAnswer.Granted)
        {
            // It is not used, and counts as a post under way until somebody says so.
            await Workspace.Ended(unanswered: false, thread);
        }

        return answer;
    }

    public async Task<PermitAnswer> ForRead(Guid thread, ReadRank rank) =>
        await WithToken(await Workspace.LeaseReadInTurn(thread.ToString("N"), rank.Since, rank.CanWait));

    public async Task<PermitAnswer> ForEdit(Guid thread) => await WithToken(await Workspace.LeaseEdit(thread.ToString("N")));

    public async Task Report(Guid thread, LaneReport report)
    {
        if (report is not LaneReport.Went)
        {
            await Workspace.Ended(unanswered: report is LaneReport.Unanswered or LaneReport.NotSlack, thread);
        }

        await ToItsLane(thread, report);
    }

    private Task ToItsLane(Guid thread, LaneReport report) => report switch
    {
        LaneReport.Ended or LaneReport.Unanswered => Task.CompletedTask,
        LaneReport.Went => Channel.Went(thread),
        LaneReport.Throttled { WorkspaceWide: true } throttled => Workspace.Throttled(throttled.RetryAfter),
        LaneReport.Throttled throttled => Channel.Throttled(throttled.RetryAfter),
        LaneReport.ChannelTrouble trouble => Channel.Trouble(trouble.Error),
        LaneReport.NotSlack stranger => Workspace.Trouble($"{Health.NotSlack}{stranger.Status}"),
        LaneReport.WorkspaceTrouble trouble => InTrouble(trouble),
        LaneReport.BadRequest bad => Workspace.BadRequest(bad.Delivery, bad.Error),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {report.GetType().Name}"),
    };

    public Task ChannelSaid(string? error) => error is null ? Channel.Wake() : Channel.RefusedEdit(error);

    public Task Throttled(bool edit, TimeSpan? retryAfter) => Workspace.CallsThrottled(edit, retryAfter);

    private async Task<PermitAnswer> WithToken(PermitAnswer answer)
    {
        if (answer is not PermitAnswer.Granted granted)
        {
            return answer;
        }

        if (await tokens.Lacks(organization, address.Workspace, granted.Installation) is { } trouble)
        {
            return new PermitAnswer.Parked(trouble, granted.Until + WithoutToken);
        }

        _permitted = tokens.Of(organization, address.Workspace);
        return granted;
    }

    /// <summary>What Slack says of a token that was replaced meanwhile says nothing of the one that holds now.</summary>
    private async Task InTrouble(LaneReport.WorkspaceTrouble trouble)
    {
        if (_permitted is not { } used || !await tokens.HasChanged(organization, address.Workspace, used))
        {
            await (trouble.Missing is { } missing ? Workspace.LacksScope(missing.Needed, missing.Provided) : Workspace.Trouble(trouble.Error));
        }
    }
}
