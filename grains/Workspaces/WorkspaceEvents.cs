using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Recovery;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>What follows from what Slack tells of a workspace by itself: to whom it is told, and whether it can be believed.</summary>
/// <param name="workspace">Slack's team id.</param>
/// <param name="grains">The groups and channels that it concerns.</param>
/// <param name="ledger">Where a message belongs.</param>
/// <param name="slack">Asked whether a token still holds.</param>
/// <param name="identities">Who we are there.</param>
/// <param name="installation">With which app and token.</param>
/// <param name="lost">Told that nothing can be posted until somebody installs the app again; false: an older event, or known already.</param>
/// <param name="moved">Takes the threads of a channel to its new id.</param>
/// <param name="clock">Local clock.</param>
internal sealed class WorkspaceEvents(
    string workspace, IGrainFactory grains, ILedger ledger, SlackClient slack, SlackIdentities identities, WorkspaceInstallation installation,
    Func<string, DateTimeOffset, Task<bool>> lost, MovedChannels moved, TimeProvider clock)
{
    /// <summary>For asking Slack whether an old event still holds; the gateway waits 2 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Does what follows from an event.</summary>
    /// <param name="happening">What happened.</param>
    /// <param name="at">When, as Slack says.</param>
    public async Task<SlackEventOutcome> Take(SlackHappening happening, DateTimeOffset at)
    {
        switch (happening)
        {
            case SlackHappening.ChannelShut shut:
                return await Shut(shut.Channel, shut.Error, at);
            case SlackHappening.ChannelOpened opened:
                return Outcome(await Channel(opened.Channel).Told(null, at));
            case SlackHappening.ChannelRenamed renamed:
                return Outcome(await Channel(renamed.Channel).RenamedAt(renamed.Name, at));
            case SlackHappening.MemberLeft left:
                return await IsOurBot(left.User) switch
                {
                    true => await Shut(left.Channel, "not_in_channel", at),
                    false => SlackEventOutcome.NothingToDo,
                    null => SlackEventOutcome.Unavailable,
                };
            case SlackHappening.MemberJoined joined:
                return await IsOurBot(joined.User) is { } joiner ? Outcome(joiner && await Channel(joined.Channel).Told(null, at)) : SlackEventOutcome.Unavailable;
            case SlackHappening.ChannelMoved move:
                return await Moved(new ChannelMove(workspace, move.Old, move.New, at));
            case SlackHappening.MessageDeleted deleted:
                return await ledger.FindGroupOfMessage(workspace, deleted.Channel, deleted.Ts, null, CancellationToken.None) is { } group
                    ? Outcome(await Group(group).ParentDeleted(new ChannelAddress(workspace, deleted.Channel), deleted.Ts))
                    : SlackEventOutcome.NothingToDo;
            case SlackHappening.PostSeen seen:
                return await Seen(seen);
            case SlackHappening.Uninstalled:
                return await Lose("app_uninstalled", at);
            case SlackHappening.TokensRevoked revoked:
                return await TokenIsGone(revoked.BotUsers) switch
                {
                    true => await Lose("token_revoked", at),
                    false => SlackEventOutcome.NothingToDo,
                    null => SlackEventOutcome.Unavailable,
                };
            default:
                return SlackEventOutcome.NothingToDo;
        }
    }

    /// <summary>
    /// A channel cannot be posted to. Slack delivers some events hours late, and what is known here may be forgotten by then: an old
    /// one counts only if Slack still says so.
    /// </summary>
    private async Task<SlackEventOutcome> Shut(string channel, string error, DateTimeOffset at)
    {
        if (IsOld(at) && installation.Token is { } token)
        {
            using var patience = new CancellationTokenSource(Patience, clock);
            switch (OldNews.StillHolds(error, await slack.GetChannel(token, channel, patience.Token)))
            {
                case false:
                    return SlackEventOutcome.NothingToDo;
                case null:
                    return SlackEventOutcome.Unavailable;
            }
        }

        return Outcome(await Channel(channel).Told(error, at));
    }

    /// <summary>
    /// Remembered first, so that nothing new begins under the old id. A channel has one id at a time: the same move again leads to
    /// the same.
    /// </summary>
    private async Task<SlackEventOutcome> Moved(ChannelMove move)
    {
        if (installation.Organization is not { } organization || !await grains.GetGrain<IOrganizationWorkspacesGrain>(organization).Moved(move))
        {
            return SlackEventOutcome.NothingToDo;
        }

        _ = moved.Follow(organization, move);
        return SlackEventOutcome.Done;
    }

    /// <summary>The installation is gone, unless it was made anew after that. An old event counts only if Slack refuses the token now.</summary>
    private async Task<SlackEventOutcome> Lose(string error, DateTimeOffset at)
    {
        if (at < installation.At)
        {
            return SlackEventOutcome.NothingToDo;
        }

        if (IsOld(at) && installation.Token is { } token)
        {
            using var patience = new CancellationTokenSource(Patience, clock);
            switch (OldNews.StillHolds(await slack.AuthTest(token, patience.Token)))
            {
                case false:
                    return SlackEventOutcome.NothingToDo;
                case null:
                    return SlackEventOutcome.Unavailable;
            }
        }

        return Outcome(await lost(error, at));
    }

    private bool IsOld(DateTimeOffset at) => clock.GetUtcNow() - at > Health.ClocksApart;

    /// <summary>Any app can write a marker: only a message that Slack says is ours counts as evidence.</summary>
    private async Task<SlackEventOutcome> Seen(SlackHappening.PostSeen seen)
    {
        // Slack tells of every post: of most the answer came as well, and nothing follows.
        if (await ledger.FindPost(seen.Post, CancellationToken.None) is not { } place
            || place.Workspace != workspace || place.Channel != seen.Channel || (!place.IsInFlight && place.SlackTs == seen.Ts))
        {
            return SlackEventOutcome.NothingToDo;
        }

        if (installation.AppId is not { } app || app != seen.AppId)
        {
            if (await IsOurBot(seen.User ?? "") is not { } ours)
            {
                return SlackEventOutcome.Unavailable;
            }

            if (!ours)
            {
                return SlackEventOutcome.NothingToDo;
            }
        }

        var group = Group(place.Group);
        return Outcome(seen.ThreadTs is { } threadTs ? await group.ReplySeen(seen.Post, seen.Ts, threadTs) : await group.PostSeen(seen.Post, seen.Ts));
    }

    /// <summary>Whether a user is our bot; a null user is. Null: Slack does not tell who we are.</summary>
    private async Task<bool?> IsOurBot(string? user) =>
        user is null ? true : (await identities.Of(workspace, installation.Token, CancellationToken.None))?.UserId is { } ours ? ours == user : null;

    /// <summary>Slack names the users whose tokens are gone. If it no longer tells who we are, that says it as well.</summary>
    private async Task<bool?> TokenIsGone(IReadOnlyList<string> botUsers)
    {
        if (botUsers.Count == 0)
        {
            return false;
        }

        if (await identities.Of(workspace, installation.Token, CancellationToken.None) is { UserId: { } ours })
        {
            return botUsers.Contains(ours);
        }

        return installation.Token is { } token && await slack.AuthTest(token, CancellationToken.None) is CallOutcome<SlackIdentity>.Refused ? true : null;
    }

    private ISlackChannelGrain Channel(string channel) => grains.GetGrain<ISlackChannelGrain>(new ChannelAddress(workspace, channel).ToString());

    private IIssueGroupGrain Group(GroupName group) => grains.GetGrain<IIssueGroupGrain>(new GroupKey(group.Organization, group.Group).ToString());

    private static SlackEventOutcome Outcome(bool news) => news ? SlackEventOutcome.Done : SlackEventOutcome.NothingToDo;

    private static SlackEventOutcome Outcome(OperatorReceipt receipt) => receipt.Outcome switch
    {
        OperatorOutcome.Done => SlackEventOutcome.Done,
        OperatorOutcome.Unavailable => SlackEventOutcome.Unavailable,
        _ => SlackEventOutcome.NothingToDo,
    };
}
