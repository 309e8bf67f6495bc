using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ThreadGrains.Telemetry;

/// <summary>The export of metrics and traces, once in a process, whichever parts of the product it hosts.</summary>
public static class TelemetryHosting
{
    /// <summary>
    /// Adds the exporters that are configured: OTLP by the variables of OpenTelemetry's specification, Prometheus by
    /// <c>ThreadGrains:Telemetry:Prometheus</c>. A second call does nothing, so that each part may ask for it.
    /// </summary>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static IServiceCollection AddThreadGrainsTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(TelemetryOptions)))
        {
            return services;
        }

        var failures = new List<string>();
        var options = TelemetryOptions.Read(name => configuration[name], failures);
        if (options.Prometheus is { } wanted && !IsFree(wanted))
        {
            // The listener itself would end the start with a stack trace.
            failures.Add($"ThreadGrains__Telemetry__Prometheus: port {wanted.Port} is in use or not allowed to this user; choose another one.");
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(nameof(TelemetryOptions), typeof(TelemetryOptions), failures);
        }

        services.AddSingleton(options);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(
            "threadgrains", serviceVersion: typeof(TelemetryHosting).Assembly.GetName().Version?.ToString(3)).AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(ProductTelemetry.Name, "Microsoft.Orleans");
            if (options.OtlpMetrics)
            {
                metrics.AddOtlpExporter();
            }

            if (options.Prometheus is { } address)
            {
                metrics.AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = (HostOf(address.Address), address.Port));
            }
        });
        if (options.OtlpTraces)
        {
            // Not .NET's spans of outgoing HTTP: a response_url, which is a secret, would stand in one.
            telemetry.WithTracing(traces => traces.AddSource(ProductTelemetry.Name, "Microsoft.Orleans.Application").AddOtlpExporter());
        }

        return services;
    }

    private static bool IsFree(IPEndPoint address)
    {
        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The listener compares the request's Host with this; "+" takes any, as an operator expects of 0.0.0.0.
    private static string HostOf(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "+"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
