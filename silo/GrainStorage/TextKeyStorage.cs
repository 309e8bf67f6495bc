using Orleans.Storage;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>
/// Orleans' provider under keys that it does not read as numbers (<see cref="RowKey"/>): the one place where a grain's id becomes
/// the key of a row. A row that a former version wrote under a number is moved when its grain reads it. While silos of a former
/// version are in the cluster it stays where they look for it, and is written there; its etag says so.
/// </summary>
internal sealed partial class TextKeyStorage(IGrainStorage rows, FormerRows former, ILogger<TextKeyStorage> logger) : IGrainStorage
{
    /// <summary>Before the etag of a state that stands under its former key.</summary>
    private const string FormerMark = "former:";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = RowKey.Of(grainId);
        await rows.ReadStateAsync(stateName, row, grainState);
        if (IsThere(grainState) || !former.Belongs(stateName, grainId))
        {
            return;
        }

        await rows.ReadStateAsync(stateName, grainId, grainState);
        if (!IsThere(grainState))
        {
            // Nothing; or it was moved between the two looks.
            await rows.ReadStateAsync(stateName, row, grainState);
        }
        else if (!former.MayMove)
        {
            grainState.ETag = FormerMark + grainState.ETag;
        }
        else if (grainState.State is OrganizationState organization && await Share(organization) is { } share)
        {
            // The row stays: what is left in it is another organization's.
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)(object)share, null, false);
            try
            {
                await rows.WriteStateAsync(stateName, row, grainState);
                LogShared(former.Organization);
            }
            catch (InconsistentStateException)
            {
                // Another reader was first, and may have written more since.
                await rows.ReadStateAsync(stateName, row, grainState);
            }
        }
        else
        {
            await former.Move(stateName, grainId);
            await rows.ReadStateAsync(stateName, row, grainState);
            LogMoved(stateName, grainId.Key.ToString()!);
        }
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        InItsPlace(stateName, grainId, grainState, rows.WriteStateAsync);

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!IsThere(grainState) && !grainState.RecordExists)
        {
            // As the provider does: whoever has not read the state clears what is there now.
            await ReadStateAsync(stateName, grainId, grainState);
            if (!grainState.RecordExists)
            {
                return;
            }
        }

        await InItsPlace(stateName, grainId, grainState, rows.ClearStateAsync);
    }

    private async Task InItsPlace<T>(string stateName, GrainId grainId, IGrainState<T> grainState, Func<string, GrainId, IGrainState<T>, Task> call)
    {
        bool isKnown = IsThere(grainState);
        bool isFormer = isKnown ? grainState.ETag!.StartsWith(FormerMark, StringComparison.Ordinal) : former.Belongs(stateName, grainId) && !former.MayMove;
        if (isKnown && isFormer)
        {
            grainState.ETag = grainState.ETag![FormerMark.Length..];
        }

        if (isFormer && former.MayMove)
        {
            // The last silo of a former version has gone since the state was read. The row keeps its version, so what follows is
            // refused if anybody has written it meanwhile.
            await former.Move(stateName, grainId);
            isFormer = false;
        }

        try
        {
            await call(stateName, isFormer ? grainId : RowKey.Of(grainId), grainState);
        }
        finally
        {
            if (isFormer && IsThere(grainState))
            {
                grainState.ETag = FormerMark + grainState.ETag;
            }
        }
    }

    private async Task<OrganizationState?> Share(OrganizationState row)
    {
        var boundTo = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string workspace in row.Workspaces)
        {
            var installation = new GrainState<InstallationState>();
            await ReadStateAsync(InstallationState.Name, GrainId.Create("slack-workspace", workspace), installation);
            if (installation is { RecordExists: true, State.Token: not null })
            {
                boundTo[workspace] = installation.State.Organization;
            }
        }

        return FormerRows.Share(row, former.Organization, boundTo);
    }

    /// <summary>Whether a row was found, be it a cleared one.</summary>
    private static bool IsThere<T>(IGrainState<T> grainState) => !string.IsNullOrEmpty(grainState.ETag);

    [LoggerMessage(EventName = "grain_row_moved", Level = LogLevel.Information, Message = "The state {State} of {Key} stood under a number and has a key of its own now")]
    private partial void LogMoved(string state, string key);

    [LoggerMessage(EventName = "organization_row_shared", Level = LogLevel.Warning,
        Message = "Another organization has kept its settings in the same row as {Organization}, so nobody can say whose policy and routes these are: {Organization} keeps its workspaces and starts without policy and routes; put them again")]
    private partial void LogShared(string organization);
}
