using Microsoft.Extensions.Logging;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Recovery;

/// <summary>
/// Wakes the groups that a trouble held up once it is over. It only hastens: a parked thread is tried again at its probe
/// anyway, so what is missed here is late and not lost.
/// </summary>
internal sealed partial class ParkedGroups(ILedger ledger, IGrainFactory grains, ILogger<ParkedGroups> logger)
{
    private const int Page = 50;

    /// <summary>Wakes the groups with a parked thread in a workspace, or in one channel of it.</summary>
    public async Task Wake(string workspace, string? channel)
    {
        int woken = 0;
        try
        {
            GroupName? last = null;
            while (await ledger.ParkedGroups(workspace, channel, last, Page, CancellationToken.None) is { Count: > 0 } page)
            {
                await Task.WhenAll(page.Select(group => grains.GetGrain<IIssueGroupGrain>(new GroupKey(group.Organization, group.Group).ToString()).Nudge()));
                woken += page.Count;
                last = page[^1];
            }

            if (woken > 0)
            {
                LogWoken(woken, workspace);
            }
        }
        catch (Exception error)
        {
            // The edge of a task that nobody waits for; the probes of the rest come by themselves.
            LogNotAll(error, woken, workspace);
        }
    }

    [LoggerMessage(EventName = "parked_groups_woken", Level = LogLevel.Information, Message = "Woke {Count} groups that waited in workspace {Workspace}")]
    private partial void LogWoken(int count, string workspace);

    [LoggerMessage(EventName = "parked_groups_not_woken", Level = LogLevel.Warning,
        Message = "Woke {Count} groups that waited in workspace {Workspace}, and then no more; the others go on at their next probe")]
    private partial void LogNotAll(Exception error, int count, string workspace);
}
