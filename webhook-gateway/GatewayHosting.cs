using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using ThreadGrains.Telemetry;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.Groups;
using ThreadGrains.WebhookGateway.Health;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Settings;
using ThreadGrains.WebhookGateway.Slack;
using ThreadGrains.WebhookGateway.Status;
using ThreadGrains.WebhookGateway.Workspaces;

namespace ThreadGrains.WebhookGateway;

/// <summary>
/// The HTTP gateway as a part of a process: beside a silo in standalone, beside an Orleans client in a gateway process. It uses
/// nothing but <see cref="IGrainFactory"/>, and that only for requests, which come after silo or client has started.
/// </summary>
public static class GatewayHosting
{
    /// <summary>Adds the gateway: options (checked at start), limits of the server, and what its addresses use.</summary>
    public static IServiceCollection AddWebhookGateway(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection(GatewayOptions.Section))
            .Validate(options => options.KeyBurst >= options.MaxBatchLines, "ThreadGrains__Gateway__KeyBurst must not be less than ThreadGrains__Gateway__MaxBatchLines.")
            .Validate(options => options.OrganizationBurst >= options.MaxBatchLines, "ThreadGrains__Gateway__OrganizationBurst must not be less than ThreadGrains__Gateway__MaxBatchLines.")
            .Validate(options => options.GroupBurst >= options.MaxBatchLines, "ThreadGrains__Gateway__GroupBurst must not be less than ThreadGrains__Gateway__MaxBatchLines.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidator>();
        services.AddOptions<SlackSigningOptions>().Bind(configuration.GetSection(SlackSigningOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SlackSigningOptions>, SlackSigningOptionsValidator>();
        services.AddOptions<KestrelServerOptions>().Configure<IServiceProvider>((server, provider) => Limit(server, provider));

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddThreadGrainsTelemetry(configuration);
        services.ConfigureOpenTelemetryTracerProvider(traces => traces.AddAspNetCoreInstrumentation(asp =>
            asp.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)));
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayChance>();
        services.AddSingleton<GatewayErrorLog>();
        services.AddSingleton<GrainCalls>();
        services.AddSingleton<AccessCache>();
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<ReplayOfMany>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<Totals>();
        services.AddSingleton<SlackAuthentication>();
        services.AddSingleton<Interactions>();
        services.AddSingleton<SlackEvents>();
        services.AddSingleton<SlackApi>();
        services.AddGatewayOpenApi();
        return services;
    }

    /// <summary>Maps every address of the gateway, and answers what no address takes with problem documents.</summary>
    public static WebApplication MapWebhookGateway(this WebApplication app)
    {
        // All that is wrong at once, before any part of it is used.
        app.Services.GetService<IStartupValidator>()?.Validate();
        // Made now, so that what is wrong with the secrets or weak about them is said at start and not at the first click.
        _ = app.Services.GetRequiredService<SlackAuthentication>();
        app.UseMiddleware<GatewayErrors>();
        app.Use(SlackApi.WithoutDoubledSlashes);
        app.UseRouting();

        var v1 = app.MapGroup("/v1").AddEndpointFilter<RequireApiKey>();
        v1.MapAlerts();
        v1.MapActivities();
        v1.MapGroups();
        v1.MapDeliveries();
        v1.MapWorkspaces();
        v1.MapInstallations();
        v1.MapSettings();
        SlackApi.Map(app);
        app.MapHealth();
        app.MapStatusPage();
        app.MapGatewayOpenApi();
        return app;
    }

    /// <summary>Who is slow or greedy is cut off; Kestrel's own defaults let headers take half a minute and bodies 30 MB.</summary>
    private static void Limit(KestrelServerOptions server, IServiceProvider provider)
    {
        GatewayOptions options;
        try
        {
            options = provider.GetRequiredService<IOptions<GatewayOptions>>().Value;
        }
        catch (OptionsValidationException)
        {
            return; // The host asks the server for its features before the start's check, which says this together with all else.
        }

        server.AddServerHeader = false;
        var limits = server.Limits;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = Math.Max(options.MaxBatchBytes, options.MaxSlackBytes);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(2));
        limits.Http2.MaxStreamsPerConnection = 100;
    }
}
