using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Organizations;

/// <summary>
/// The settings of every organization that has a group on this silo, asked for again every few seconds: nothing in an accept
/// waits for another grain, and what is set by API is in force everywhere soon, without a restart.
/// </summary>
internal sealed partial class OrganizationSettingsCache(IGrainFactory grains, TimeProvider clock, ILogger<OrganizationSettingsCache> logger) : BackgroundService
{
    /// <summary>How old settings may get.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(3);

    private static readonly OrganizationSettings Nobody = new([]);

    private readonly ConcurrentDictionary<string, OrganizationSettings> _known = new(StringComparer.Ordinal);

    /// <summary>How many organizations are remembered: as many as have a workspace.</summary>
    public int Count => _known.Count;

    /// <summary>
    /// The settings, read now if this silo has not read them before. An organization without any workspace, such as one that
    /// a caller made up, can post nowhere and is not remembered.
    /// </summary>
    public async Task<OrganizationSettings> Get(string organization)
    {
        if (_known.TryGetValue(organization, out var known))
        {
            return known;
        }

        var asked = await Ask(organization);
        return asked.Workspaces.Count > 0 ? _known.GetOrAdd(organization, asked) : asked;
    }

    /// <summary>The settings as last read; those of nobody where there was nothing to remember.</summary>
    public OrganizationSettings Current(string organization) => _known.GetValueOrDefault(organization, Nobody);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Refresh, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (string organization in _known.Keys)
                {
                    await Renew(organization);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <summary>Reads the settings again, where this silo has read them before.</summary>
    public Task Hasten(string organization) => _known.ContainsKey(organization) ? Renew(organization) : Task.CompletedTask;

    private async Task Renew(string organization)
    {
        try
        {
            _known[organization] = await Ask(organization);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            // What was known stays in force: an organization that cannot be asked must not stop its groups.
            LogNotRenewed(error.GetType().Name);
        }
    }

    private Task<OrganizationSettings> Ask(string organization) => grains.GetGrain<IOrganizationGrain>(organization).GetSettings();

    [LoggerMessage(EventName = "settings_not_renewed", Level = LogLevel.Warning, Message = "An organization's settings could not be read ({Failure}); those read before stay in force")]
    private partial void LogNotRenewed(string failure);
}
