using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ThreadGrains.WebhookGateway;

/// <summary>Limits and patience of the HTTP gateway; <c>ThreadGrains__Gateway__…</c> in the environment.</summary>
public sealed class GatewayOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Gateway";

    /// <summary>Largest body of a request, in bytes. Default 64 KiB.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 64 * 1024;

    /// <summary>Largest body of a batch, in bytes. Default 1 MiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBatchBytes { get; set; } = 1024 * 1024;

    /// <summary>Most lines of a batch. Default 500.</summary>
    [Range(1, 10_000)]
    public int MaxBatchLines { get; set; } = 500;

    /// <summary>Largest body that is read from Slack, in bytes. Default 1 MiB.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxSlackBytes { get; set; } = 1024 * 1024;

    /// <summary>How many groups of one batch are taken at the same time. Default 16.</summary>
    [Range(1, 256)]
    public int BatchParallelism { get; set; } = 16;

    /// <summary>After this time the groups of a batch that have not been begun are answered <c>not_tried</c>. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan BatchPatience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a grain has for an answer, repeated accepts included. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan GrainPatience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The same for each call on behalf of Slack. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:02.5")]
    public TimeSpan SlackGrainPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>From the receipt of a Slack request to its answer: Slack gives up at 3 s. Default 2.5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:02.9")]
    public TimeSpan SlackBudget { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>How long an organization's keys and workspaces are taken for current. Default 30 s: so long a withdrawn key may live on.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan AccessLife { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long they are used at most while the organization's grain does not answer. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan AccessStale { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Requests per second and key, batch lines counted singly. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int KeyPerSecond { get; set; } = 2_000;

    /// <summary>Requests of a key that may come at once; at least a whole batch. Default 4,000.</summary>
    [Range(1, 1_000_000)]
    public int KeyBurst { get; set; } = 4_000;

    /// <summary>Requests per second and organization, whatever their keys, batch lines counted singly. Default 4,000.</summary>
    [Range(1, 1_000_000)]
    public int OrganizationPerSecond { get; set; } = 4_000;

    /// <summary>Requests of an organization that may come at once; at least a whole batch. Default 8,000.</summary>
    [Range(1, 1_000_000)]
    public int OrganizationBurst { get; set; } = 8_000;

    /// <summary>Alerts and activities per second and group. Default 200: many times what Slack takes of one thread.</summary>
    [Range(1, 1_000_000)]
    public int GroupPerSecond { get; set; } = 200;

    /// <summary>Alerts and activities of a group that may come at once; at least a whole batch. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int GroupBurst { get; set; } = 2_000;

    /// <summary>Failed authentications per minute and remote address (IPv6: per /64) before they are answered 429. Default 120.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerMinute { get; set; } = 120;

    /// <summary>Most open connections. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;
}

[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
