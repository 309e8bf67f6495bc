using Orleans.Storage;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Grain state that cannot be written for a while.</summary>
internal sealed class FailingStorage(IGrainStorage behind, Func<bool> fails) : IGrainStorage
{
    public const string Behind = "behind";

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => behind.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        fails() ? throw new IOException("planted") : behind.WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => behind.ClearStateAsync(stateName, grainId, grainState);
}
