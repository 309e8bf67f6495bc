using System.Collections.Concurrent;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// The tokens of workspaces as this silo knows them: the configured ones, and those that workspaces' grains keep, asked for
/// again after <see cref="Life"/>. They come here encrypted and are opened here. A post finds its token without waiting:
/// whoever has asked <see cref="Lacks"/> before a call has it.
/// </summary>
internal sealed class WorkspaceTokens(SlackInstallations configured, TokenCipher cipher, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>So long a token is used without asking, where permits of an older silo do not say which is in force.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The token that an organization calls a workspace with; null: none is known here.</summary>
    public SlackToken? Of(string organization, string workspace) =>
        configured.TokenOf(workspace) is { } given
            ? configured.Organization == organization ? given : null
            : _known.TryGetValue(workspace, out var known) && known.Organization == organization ? known.Token : null;

    /// <summary>Makes sure that the token is here, young enough, and the one in force.</summary>
    /// <param name="organization">Who will call.</param>
    /// <param name="workspace">Slack's team id.</param>
    /// <param name="stamp">The installation that is in force, as the permit says; null: it does not say.</param>
    /// <returns>Null: it is. Else why an organization cannot call the workspace.</returns>
    public async Task<string?> Lacks(string organization, string workspace, string? stamp)
    {
        if (configured.TokenOf(workspace) is null)
        {
            long now = clock.GetTimestamp();
            if (!_known.TryGetValue(workspace, out var known) || (stamp is not null && stamp != known.Stamp))
            {
                await Ask(workspace);
            }
            // One asks; the others go on with what is known.
            else if (clock.GetElapsedTime(known.Asked, now) >= Life && _known.TryUpdate(workspace, known with { Asked = now }, known))
            {
                await Ask(workspace);
            }
        }

        return Of(organization, workspace) is not null ? null
            : _known.TryGetValue(workspace, out var found) && found.Organization == organization ? WorkspaceInstallation.TokenUnreadable
            : WorkspaceInstallation.NotInstalled;
    }

    /// <summary>Asks at once: Slack refused the token that was used.</summary>
    /// <returns>Whether another one holds now.</returns>
    public async Task<bool> HasChanged(string organization, string workspace, SlackToken used)
    {
        if (configured.TokenOf(workspace) is null)
        {
            await Ask(workspace);
        }

        return Of(organization, workspace) is { } now && !now.Equals(used);
    }

    private async Task Ask(string workspace)
    {
        long asked = clock.GetTimestamp();
        KeptInstallation? kept;
        try
        {
            kept = await grains.GetGrain<IWorkspaceLaneGrain>(workspace).GetInstallation();
        }
        catch (Exception silence) when (silence is TimeoutException or OrleansException && _known.ContainsKey(workspace))
        {
            // What is known stays in use: a grain that moves must not stop its workspace.
            return;
        }

        if (kept is null)
        {
            // Not remembered: what is put in a moment must not have to wait.
            _known.TryRemove(workspace, out _);
            return;
        }

        var opened = cipher.Open(new TokenPlace(workspace, kept.Organization), kept.Token) as OpenedToken.Readable;
        _known[workspace] = new Known(kept.Organization, opened?.Token, kept.Stamp, asked);
    }

    private sealed record Known(string Organization, SlackToken? Token, string Stamp, long Asked);
}
