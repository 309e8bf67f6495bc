using Microsoft.Extensions.Logging;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Recovery;

/// <summary>
/// Takes the threads of a channel that has another id now to that one. The move itself is remembered by the organization, so it can
/// be followed again at any time: after a crash, and for what silos accepted before they had read of it.
/// </summary>
internal sealed partial class MovedChannels(
    ILedger ledger, IGrainFactory grains, OrganizationSettingsCache settings, TimeProvider clock, ILogger<MovedChannels> logger)
{
    private const int Page = 50;
    private const int Rounds = 3;

    /// <summary>Within this time every silo has read of the move.</summary>
    private static readonly TimeSpan BetweenRounds = OrganizationSettingsCache.Refresh * 2;

    /// <summary>Follows every move of a workspace's channels again: whoever followed them before may have died over it.</summary>
    public async Task FollowAll(string organization, string workspace)
    {
        try
        {
            var known = (await grains.GetGrain<IOrganizationGrain>(organization).GetSettings()).Moves ?? [];
            await Task.WhenAll(known.Where(move => move.Workspace == workspace).Select(move => Follow(organization, move)));
        }
        catch (Exception silence) when (silence is TimeoutException or OrleansException)
        {
            // The next activation of the workspace's grain asks again.
        }
    }

    /// <summary>Follows a move, a few times over: the last round meets what was accepted before all silos knew.</summary>
    public async Task Follow(string organization, ChannelMove move)
    {
        for (int round = 0; round < Rounds; round++)
        {
            try
            {
                if (round > 0)
                {
                    await Task.Delay(BetweenRounds, clock);
                }

                await settings.Hasten(organization);
                // It may have moved on since, or back.
                var former = new ChannelAddress(move.Workspace, move.Old);
                var now = (await settings.Get(organization)).Moves.Now(former);
                if (now != former)
                {
                    await Sweep(former, now.Channel);
                }
            }
            catch (Exception error)
            {
                // The edge of a task that nobody waits for; the next round, or the next activation of the workspace's grain, follows again.
                LogNotFollowed(error, move.Old, move.Workspace, move.New);
            }
        }
    }

    private async Task Sweep(ChannelAddress former, string channel)
    {
        int told = 0;
        GroupName? last = null;
        while (await ledger.GroupsInChannel(former.Workspace, former.Channel, last, Page, CancellationToken.None) is { Count: > 0 } page)
        {
            await Task.WhenAll(page.Select(group => grains.GetGrain<IIssueGroupGrain>(new GroupKey(group.Organization, group.Group).ToString()).ChannelMoved(former, channel)));
            told += page.Count;
            last = page[^1];
        }

        if (told > 0)
        {
            LogFollowed(told, former.Channel, former.Workspace, channel);
        }
    }

    [LoggerMessage(EventName = "channel_moved", Level = LogLevel.Information, Message = "{Count} groups go on in channel {New}, which was {Old}, in workspace {Workspace}")]
    private partial void LogFollowed(int count, string old, string workspace, string @new);

    [LoggerMessage(EventName = "channel_not_moved", Level = LogLevel.Warning,
        Message = "Not all groups of channel {Old} in workspace {Workspace} could be told that it is {New} now; they are told later")]
    private partial void LogNotFollowed(Exception error, string old, string workspace, string @new);
}
