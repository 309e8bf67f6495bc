using Microsoft.Extensions.Logging;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Walks over all stored installations. Each workspace's grain writes its own row, so nobody's write meets another's.</summary>
[GrainType("installation-keys")]
internal sealed partial class InstallationKeysGrain(
    IStoredInstallations stored, TokenCipher cipher, TimeProvider clock, ILogger<InstallationKeysGrain> logger) : Grain, IInstallationKeysGrain
{
    /// <summary>At the same time: each is one write to the database.</summary>
    private const int Page = 16;

    /// <summary>Below a gateway's patience of 5 s, which would otherwise never hear how far it came.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<RotationReport> Rotate()
    {
        if (cipher.CurrentKey is not { } key)
        {
            return new RotationReport(null, 0, 0, [], IsComplete: false);
        }

        long started = clock.GetTimestamp();
        var seen = new List<Reencryption>();
        string? last = null;
        bool complete;
        do
        {
            var page = await stored.After(last, Page, CancellationToken.None);
            var done = await Task.WhenAll(page.Select(workspace => GrainFactory.GetGrain<IWorkspaceLaneGrain>(workspace).Reencrypt(key)));
            seen.AddRange(done.OfType<Reencryption>());
            last = page.Count > 0 ? page[^1] : last;
            complete = page.Count < Page;
        }
        while (!complete && clock.GetElapsedTime(started) < Patience);

        var report = Report(key, seen, complete);
        LogRotated(report.Reencrypted, key, report.Remaining.Sum(other => other.Stored), report.IsComplete);
        return report;
    }

    /// <summary>The sums of what was seen.</summary>
    internal static RotationReport Report(string key, IReadOnlyList<Reencryption> seen, bool complete) => new(
        key, seen.Count, seen.Count(one => one.Changed),
        [.. seen.Where(one => one.Key != key).GroupBy(one => one.Key, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new KeyUse(group.Key, group.Count()))],
        complete);

    [LoggerMessage(EventName = "tokens_reencrypted", Level = LogLevel.Information,
        Message = "{Count} stored tokens were encrypted anew with key {Key}; {Remaining} stand under other keys (all were looked at: {Complete})")]
    private partial void LogRotated(int count, string key, int remaining, bool complete);
}
