using System.Collections.Concurrent;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Which installations stand in the memory that takes the place of a database here.</summary>
internal sealed class StoredRows : IStoredInstallations
{
    private readonly ConcurrentDictionary<string, bool> _workspaces = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<string>> After(string? after, int most, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. _workspaces.Keys.Where(workspace => string.CompareOrdinal(workspace, after) > 0).Order(StringComparer.Ordinal).Take(most)]);

    public void Written(string state, string key) => _ = state != InstallationState.Name || (_workspaces[key] = true);

    public void Cleared(string state, string key) => _ = state == InstallationState.Name && _workspaces.TryRemove(key, out _);
}
