using Microsoft.Extensions.Options;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>How requests are known to be Slack's; <c>ThreadGrains__Slack__…</c> in the environment.</summary>
public sealed class SlackSigningOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Slack";

    /// <summary>The app's signing secret; several, separated by commas, while one is being rotated. A secret.</summary>
    public string? SigningSecret { get; set; }

    /// <summary>
    /// Slack's deprecated verification token, for apps that are too old to have a signing secret. Weaker: it is sent with every request and
    /// signs nothing. Used only where there is no signing secret. A secret.
    /// </summary>
    public string? LegacyVerificationToken { get; set; }

    internal IReadOnlyList<string> Secrets => SigningSecret is null ? [] : SigningSecret.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>Names which settings are there, never what they are.</summary>
    public override string ToString() => $"{nameof(SlackSigningOptions)} (secrets withheld)";
}

internal sealed class SlackSigningOptionsValidator : IValidateOptions<SlackSigningOptions>
{
    public ValidateOptionsResult Validate(string? name, SlackSigningOptions options)
    {
        if (options.SigningSecret is not null)
        {
            return options.Secrets.Any(string.IsNullOrWhiteSpace)
                ? ValidateOptionsResult.Fail("ThreadGrains__Slack__SigningSecret holds a blank secret. Give the app's signing secret, or several separated by commas.")
                : ValidateOptionsResult.Success;
        }

        return string.IsNullOrWhiteSpace(options.LegacyVerificationToken)
            ? ValidateOptionsResult.Fail(
                "ThreadGrains__Slack__SigningSecret is not set: requests from Slack could not be told from forged ones. Copy it from the app's Basic Information page.")
            : ValidateOptionsResult.Success;
    }
}
