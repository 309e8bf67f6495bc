using Orleans.Storage;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Grain state that cannot be written for a while.</summary>
internal sealed class FailingStorage(IGrainStorage behind, StoredRows rows, Func<bool> fails) : IGrainStorage
{
    public const string Behind = "behind";

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => behind.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (fails())
        {
            throw new IOException("planted");
        }

        await behind.WriteStateAsync(stateName, grainId, grainState);
        rows.Written(stateName, grainId.Key.ToString()!);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await behind.ClearStateAsync(stateName, grainId, grainState);
        rows.Cleared(stateName, grainId.Key.ToString()!);
    }
}
