namespace ThreadGrains.WebhookGateway.Calls;

/// <summary>Jitter: 0 to 1.</summary>
internal sealed class GatewayChance
{
#pragma warning disable RS0030 // The one place of the gateway that draws; everywhere else chance comes in as a value.
    public double Next() => Random.Shared.NextDouble();
#pragma warning restore RS0030
}
