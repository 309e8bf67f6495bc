using System.Text.RegularExpressions;

namespace ThreadGrains.Workspaces;

/// <summary>A bot token that shall be kept as the installation of our app in a workspace.</summary>
/// <param name="Organization">Who puts it, from its credential: the workspace is bound to this organization.</param>
/// <param name="BotToken">The bot token (xoxb-…). A secret: it is in no text that this record makes of itself.</param>
/// <param name="By">Which of the organization's credentials put it; never a secret.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.InstallationRequest")]
public sealed record InstallationRequest(
    [property: Id(0)] string Organization, [property: Id(1)] string BotToken, [property: Id(2)] string By)
{
    /// <summary>Without the token: Orleans quotes a call's arguments where it logs one that failed, and a record would print its members.</summary>
    public override string ToString() => $"{nameof(InstallationRequest)} of {Organization}";
}

/// <summary>The form of what is put.</summary>
public static partial class InstallationRules
{
    /// <summary>What <see cref="IsBotToken"/> demands, for whoever sent something else.</summary>
    public const string BotTokenRule = "must be a bot token: xoxb- and at least three letters, digits or hyphens, at most 255 characters in all (OAuth & Permissions, Bot User OAuth Token)";

    private const int MaxTokenLength = 255;

    /// <summary>Whether a text has the form of a bot token (Slack, "Token types"). Tokens that expire (xoxe.…) cannot be refreshed here, so they are none.</summary>
    public static bool IsBotToken(string text) => text.Length <= MaxTokenLength && BotToken().IsMatch(text);

    [GeneratedRegex(@"^xoxb-[A-Za-z0-9-]{3,}\z")]
    private static partial Regex BotToken();
}

/// <summary>What became of a wish to keep or to remove an installation.</summary>
[GenerateSerializer, Alias("threadgrains.InstallationOutcome")]
public enum InstallationOutcome
{
    /// <summary>It is as it was asked for.</summary>
    Done = 0,

    /// <summary>The organization has no stored installation there; that of somebody else counts as none.</summary>
    NotFound = 1,

    /// <summary>No encryption key is configured: nothing is ever kept in the clear.</summary>
    NoKey = 2,

    /// <summary>Slack refuses the token.</summary>
    TokenRefused = 3,

    /// <summary>The token is another workspace's, or that of a whole Enterprise organization.</summary>
    OtherTeam = 4,

    /// <summary>The workspace is bound to another organization. Said only to who has a token of it.</summary>
    Taken = 5,

    /// <summary>Slack does not tell now whether the token is good; nothing was changed.</summary>
    SlackSilent = 6,

    /// <summary>It has not the form of a bot token.</summary>
    Malformed = 7,
}

/// <summary>The answer to a wish to keep or to remove an installation.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Health">How the workspace is now, where something was done.</param>
/// <param name="Detail">Slack's error for a token that it refuses; the team whose token it is.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.InstallationReceipt")]
public sealed record InstallationReceipt(
    [property: Id(0)] InstallationOutcome Outcome, [property: Id(1)] HealthView? Health = null, [property: Id(2)] string? Detail = null);

/// <summary>Where a workspace's token comes from.</summary>
[GenerateSerializer, Alias("threadgrains.InstallationSource")]
public enum InstallationSource
{
    /// <summary>From configuration, which goes before what is stored.</summary>
    Configuration = 0,

    /// <summary>Put by API, kept encrypted.</summary>
    Stored = 1,
}

/// <summary>An installation as it may be shown: everything but the token.</summary>
/// <param name="Source">Where the token comes from.</param>
/// <param name="At">When it was put.</param>
/// <param name="By">Which credential put it.</param>
/// <param name="AppId">Our app, where Slack told.</param>
/// <param name="Key">The id of the key that it is encrypted with.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.InstallationView")]
public sealed record InstallationView(
    [property: Id(0)] InstallationSource Source, [property: Id(1)] DateTimeOffset? At = null, [property: Id(2)] string? By = null,
    [property: Id(3)] string? AppId = null, [property: Id(4)] string? Key = null);
