using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ThreadGrains.WebhookGateway;

/// <summary>Limits and time-outs of the gateway.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Gateway";

    /// <summary>Largest body of one request, in bytes. Default 64 KiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBody { get; set; } = 64 * 1024;

    /// <summary>Largest body of a batch and of a request from Slack, in bytes. Default 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxLargeBody { get; set; } = 1024 * 1024;

    /// <summary>Most lines of a batch. Default 500.</summary>
    [Range(1, 10_000)]
    public int MaxBatchLines { get; set; } = 500;

    /// <summary>Requests per second that one API key may make in the long run. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 2000;

    /// <summary>Requests that one API key may make at once. Default 4,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; set; } = 4000;

    /// <summary>Wrong keys per minute from one address before it is answered 429 without a look at the key. Default 60.</summary>
    [Range(1, 100_000)]
    public int FailedKeysPerMinute { get; set; } = 60;

    /// <summary>How long a request that could not be handed to a group is tried again while a silo is gone or draining. Default 5 s.</summary>
    public TimeSpan AcceptPatience { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>What the gateway needs to know Slack's requests.</summary>
public sealed class SlackWebhookOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Slack";

    /// <summary>Slack's signing secret; several, separated by commas, while one is being rotated. A secret.</summary>
    public string? SigningSecret { get; set; }

    /// <summary>
    /// The legacy verification token of very old apps. Only used where no signing secret is configured and
    /// <see cref="AcceptLegacyToken"/> asks for it. A secret.
    /// </summary>
    public string? VerificationToken { get; set; }

    /// <summary>Accept the verification token instead of signatures. Default false: tokens prove little.</summary>
    public bool AcceptLegacyToken { get; set; }
}

[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
