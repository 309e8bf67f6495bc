using ThreadGrains.Grains.Secrets;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// The installation of one workspace, as its grain owns it: the configured one, else the one that is kept. Opened once for
/// an activation; keys come from configuration, so a new key is a new process.
/// </summary>
internal sealed class WorkspaceInstallation(string workspace, IPersistentState<InstallationState> state, SlackInstallations configured, TokenCipher cipher)
{
    public const string NotInstalled = "not_installed";
    public const string TokenUnreadable = "token_unreadable";

    private OpenedToken? _kept = Opened(workspace, state.State, cipher);

    /// <summary>The token to call Slack with; null: none, and <see cref="Trouble"/> says why.</summary>
    public SlackToken? Token => configured.TokenOf(workspace) ?? (_kept as OpenedToken.Readable)?.Token;

    /// <summary>Why nothing can be posted here whatever Slack says; null: there is a token.</summary>
    public string? Trouble => Token is not null ? null : _kept is null ? NotInstalled : TokenUnreadable;

    /// <summary>The organization that the workspace is bound to; null: none.</summary>
    public string? Organization => IsConfigured ? configured.Organization : state.State.Token is null ? null : state.State.Organization;

    /// <summary>When the kept token was put, which Slack had just said is good; null: it is the configured one.</summary>
    public DateTimeOffset? At => IsConfigured || state.State.Token is null ? null : state.State.At;

    /// <summary>Our app's id, where it is known: payloads of other apps are none of ours. The configured one says nothing of an app that was put.</summary>
    public string? AppId => IsConfigured ? configured.AppId : state.State.AppId;

    public bool IsConfigured => configured.TokenOf(workspace) is not null;

    /// <summary>The id of the key of a kept token that does not open here.</summary>
    public string? UnreadableKey => _kept is null or OpenedToken.Readable ? null : state.State.Token?.Key;

    /// <summary>Tells what is in force now from what was before; null: it is the configured one.</summary>
    public string? Stamp => IsConfigured ? null : Kept?.Stamp;

    /// <summary>What is kept, for a silo that will open it by itself.</summary>
    public KeptInstallation? Kept => state.State.Token is { } token ? new KeptInstallation(state.State.Organization, token) : null;

    public InstallationView? View =>
        IsConfigured ? new InstallationView(InstallationSource.Configuration, AppId: configured.AppId)
        : state.State is { Token: { } token } kept ? new InstallationView(InstallationSource.Stored, kept.At, kept.By, kept.AppId, token.Key)
        : null;

    /// <summary>Keeps a token that Slack said is this workspace's. What could not be written is not in force.</summary>
    public Task Keep(InstallationRequest request, string? appId, DateTimeOffset now) => Write(new InstallationState
    {
        Organization = request.Organization,
        Token = cipher.Seal(new TokenPlace(workspace, request.Organization), request.BotToken),
        AppId = appId,
        At = now,
        By = request.By,
    });

    /// <summary>Forgets what is kept.</summary>
    public async Task Forget()
    {
        await state.ClearStateAsync();
        _kept = null;
    }

    /// <summary>Encrypts what is kept with a key anew, if it is the one that encrypts here and what is kept opens.</summary>
    /// <returns>What it stands under now; null: nothing is kept.</returns>
    public async Task<Reencryption?> Reencrypt(string key)
    {
        if (state.State is not { Token: { } token } kept)
        {
            return null;
        }

        if (token.Key == key || cipher.CurrentKey != key || cipher.Reseal(new TokenPlace(workspace, kept.Organization), token) is not { } anew)
        {
            return new Reencryption(token.Key, Changed: false);
        }

        await Write(new InstallationState { Organization = kept.Organization, Token = anew, AppId = kept.AppId, At = kept.At, By = kept.By });
        return new Reencryption(key, Changed: true);
    }

    private async Task Write(InstallationState next)
    {
        var former = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = former;
            throw;
        }

        _kept = Opened(workspace, next, cipher);
    }

    private static OpenedToken? Opened(string workspace, InstallationState state, TokenCipher cipher) =>
        state.Token is { } token ? cipher.Open(new TokenPlace(workspace, state.Organization), token) : null;
}

/// <summary>What a workspace keeps, as it goes from silo to silo.</summary>
/// <param name="Organization">The organization that the workspace is bound to.</param>
/// <param name="Token">Encrypted; each silo has the keys.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.KeptInstallation")]
internal sealed record KeptInstallation([property: Id(0)] string Organization, [property: Id(1)] SealedToken Token)
{
    /// <summary>Another one each time that something is put or encrypted anew.</summary>
    public string Stamp => Convert.ToHexString(Token.Nonce);
}

/// <summary>What became of a kept token in a rotation.</summary>
/// <param name="Key">The id of the key that it stands under now.</param>
/// <param name="Changed">Whether it was encrypted anew.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.Reencryption")]
internal sealed record Reencryption([property: Id(0)] string Key, [property: Id(1)] bool Changed);
