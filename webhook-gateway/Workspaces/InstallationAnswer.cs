using System.ComponentModel.DataAnnotations;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>Where a workspace's token comes from.</summary>
internal sealed record InstallationAnswer
{
    /// <summary>configuration: goes before what is stored; stored: put by this API.</summary>
    [AllowedValues("configuration", "stored")]
    public required string From { get; init; }

    /// <summary>When it was put.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Which API key put it, by the beginning of its hash.</summary>
    public string? By { get; init; }

    /// <summary>The app, where it is known.</summary>
    public string? App { get; init; }

    /// <summary>The id of the encryption key that it stands under.</summary>
    public string? Key { get; init; }

    public static InstallationAnswer? Of(InstallationView? view) => view is null
        ? null
        : new InstallationAnswer
        {
            From = view.Source == InstallationSource.Stored ? "stored" : "configuration", At = view.At, By = view.By, App = view.AppId, Key = view.Key,
        };
}

/// <summary>What a rotation of the encryption key found and did.</summary>
/// <param name="Key">The first key, which encrypts.</param>
/// <param name="Stored">Stored tokens that were looked at.</param>
/// <param name="Reencrypted">Of those: encrypted anew with the first key just now.</param>
/// <param name="Remaining">Keys under which tokens still stand. Empty and complete: all keys but the first may go.</param>
/// <param name="Complete">False: there was no time for all; send it again.</param>
internal sealed record RotationAnswer(string Key, int Stored, int Reencrypted, IReadOnlyList<RemainingKeyAnswer> Remaining, bool Complete)
{
    public static RotationAnswer Of(RotationReport report) => new(
        report.Key!, report.Stored, report.Reencrypted, [.. report.Remaining.Select(key => new RemainingKeyAnswer(key.Key, key.Stored))], report.IsComplete);
}

/// <summary>A key that is still needed.</summary>
/// <param name="Key">Its id.</param>
/// <param name="Stored">How many tokens it encrypts.</param>
internal sealed record RemainingKeyAnswer(string Key, int Stored);
