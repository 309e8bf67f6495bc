using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.Groups;
using ThreadGrains.WebhookGateway.Health;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Settings;
using ThreadGrains.WebhookGateway.Slack;
using ThreadGrains.WebhookGateway.Workspaces;

namespace ThreadGrains.WebhookGateway;

/// <summary>How the API's shapes are written: camelCase, what is absent left out. Requests are read by StrictJson and not by this.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(AlertBody))]
[JsonSerializable(typeof(ActivityBody))]
[JsonSerializable(typeof(ParentBody))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(ResolveBody))]
[JsonSerializable(typeof(ReceiptAnswer))]
[JsonSerializable(typeof(ParentAnswer))]
[JsonSerializable(typeof(GroupAnswer))]
[JsonSerializable(typeof(ThreadStateAnswer))]
[JsonSerializable(typeof(DeliveryAnswer))]
[JsonSerializable(typeof(DeliveryPageAnswer))]
[JsonSerializable(typeof(ReplayedAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(PolicyBody))]
[JsonSerializable(typeof(RoutesBody))]
[JsonSerializable(typeof(PreviewAnswer))]
[JsonSerializable(typeof(WorkspaceAnswer))]
[JsonSerializable(typeof(WorkspacesAnswer))]
[JsonSerializable(typeof(InstallationBody))]
[JsonSerializable(typeof(RotationAnswer))]
[JsonSerializable(typeof(ChannelAnswer))]
[JsonSerializable(typeof(ChannelsAnswer))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Handshake))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>
    /// Letters and quotes as they are: people read problems in a terminal. Nothing here is ever put into HTML, and browsers are
    /// told by X-Content-Type-Options not to take it for that.
    /// </summary>
    public static WireJson Plain { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
