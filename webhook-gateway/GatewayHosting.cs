using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.Groups;
using ThreadGrains.WebhookGateway.Health;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Slack;

namespace ThreadGrains.WebhookGateway;

/// <summary>The gateway's pieces; its own process and standalone compose the same ones. The Orleans client, or silo, comes from the host.</summary>
public static class GatewayHosting
{
    /// <summary>Adds services, options (checked at start) and the limits of the web server.</summary>
    public static WebApplicationBuilder AddWebhookGateway(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<GatewayOptions>().Bind(builder.Configuration.GetSection(GatewayOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddOptions<SlackWebhookOptions>().Bind(builder.Configuration.GetSection(SlackWebhookOptions.Section));
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<Authenticated>();
        services.AddSingleton<Handover>();
        services.AddSingleton<Lookups>();
        services.AddSingleton<SlackGate>();
        services.AddSingleton<ActionsEndpoint>();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 50;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(2));
        });
        return builder;
    }

    /// <summary>Maps every route. What is not there, or not with that method, is a problem document as well.</summary>
    public static WebApplication MapWebhookGateway(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value;
        var authenticated = app.Services.GetRequiredService<Authenticated>();
        var handover = app.Services.GetRequiredService<Handover>();
        var lookups = app.Services.GetRequiredService<Lookups>();
        var actions = app.Services.GetRequiredService<ActionsEndpoint>();

        app.UseProblemPages();
        app.UseRouting();
        app.MapActivities(authenticated, options, handover);
        app.MapBatch(authenticated, options, handover);
        app.MapGroups(authenticated, options, handover, lookups);
        app.MapDeliveries(authenticated, options, handover, lookups);
        app.MapPost("/slack/actions", actions.Handle);
        app.MapHealth(lookups);
        app.MapOpenApiDocument();
        app.MapScalarApiReference("/docs", page => page
            .WithTitle("ThreadGrains API").WithOpenApiRoutePattern(ApiDocument.Path).DisableDefaultFonts().DisableTelemetry());
        app.MapGet("/", () => Results.Redirect("/docs"));
        return app;
    }
}
