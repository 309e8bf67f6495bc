using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>How the tracker is told what was clicked in Slack (docs/callbacks.md). Without an address nothing is told.</summary>
public sealed class CallbackOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Callback";

    /// <summary>Where callbacks are POSTed: https, or http where <see cref="AllowPrivate"/> is set. Default: none.</summary>
    public string? Url { get; set; }

    /// <summary>
    /// Signs callbacks: <c>whsec_</c> and 24 to 64 bytes in base64 (Standard Webhooks). Two, parted by a space or comma, while
    /// one is being rotated: then each callback carries both signatures. Secret.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>The receiver may stand at a private, loopback or link-local address, and be reached by plain http. Default false.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>The longest wait before the second try; it doubles from try to try. A part of it by chance is waited. Default 5 s.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two tries, also where the receiver asks for more. Default 24 h.</summary>
    public TimeSpan MaxRetry { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Tries after which a callback is dead. Default 20, by the defaults above three to six days.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 20;

    /// <summary>Tries after which a callback is dead that the receiver refuses (4xx, a redirect) or whose address is not allowed. Default 8, about six minutes.</summary>
    [Range(1, 100)]
    public int MaxRefusals { get; set; } = 8;

    /// <summary>How long one try may take, from the look-up of the address to the end of the answer. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the tracker is to be told at all.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(Url);
}

[OptionsValidator]
internal sealed partial class CallbackLimitsValidator : IValidateOptions<CallbackOptions>;

/// <summary>What the settings must be together. Never repeats a value: addresses can hold a token, and the secret is one.</summary>
internal sealed class CallbackOptionsValidator : IValidateOptions<CallbackOptions>
{
    public ValidateOptionsResult Validate(string? name, CallbackOptions options) =>
        Violation(options) is { } violation ? ValidateOptionsResult.Fail(violation) : ValidateOptionsResult.Success;

    private static string? Violation(CallbackOptions options)
    {
        if (string.IsNullOrEmpty(options.Url) != string.IsNullOrEmpty(options.Secret))
        {
            return "ThreadGrains__Callback__Url and ThreadGrains__Callback__Secret go together: give both or neither.";
        }

        if (options.FirstRetry <= TimeSpan.Zero || options.MaxRetry < options.FirstRetry || options.MaxRetry > TimeSpan.FromDays(30))
        {
            return "ThreadGrains__Callback__FirstRetry must be above zero, and ThreadGrains__Callback__MaxRetry at least as long and at most 30 days.";
        }

        if (options.Timeout < TimeSpan.FromMilliseconds(50) || options.Timeout > TimeSpan.FromMinutes(2))
        {
            return "ThreadGrains__Callback__Timeout must be from 50 ms to 2 minutes.";
        }

        if (!options.IsConfigured)
        {
            return null;
        }

        if (CallbackSecrets.Parse(options.Secret!) is null)
        {
            return "ThreadGrains__Callback__Secret must read whsec_ followed by base64 of 24 to 64 bytes; during a rotation two of them, parted by a space or comma.";
        }

        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || url.Host.Length == 0
            || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
        {
            return "ThreadGrains__Callback__Url must be an absolute https address without a user, a password and a fragment.";
        }

        if (options.AllowPrivate)
        {
            return null;
        }

        if (url.Scheme != Uri.UriSchemeHttps)
        {
            return "ThreadGrains__Callback__Url must be https; plain http is only for a receiver in your own network, with ThreadGrains__Callback__AllowPrivate=true.";
        }

        bool isPrivate = System.Net.IPAddress.TryParse(url.DnsSafeHost, out var address) ? !PublicAddress.Is(address) : url.IsLoopback;
        return isPrivate
            ? "ThreadGrains__Callback__Url names an address that is not public; set ThreadGrains__Callback__AllowPrivate=true if the receiver stands in your own network."
            : null;
    }
}
