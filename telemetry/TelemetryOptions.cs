using System.Globalization;
using System.Net;
using System.Diagnostics.CodeAnalysis;

namespace ThreadGrains.Telemetry;

/// <summary>Where metrics and traces go. Nothing leaves the process unless one of these is set.</summary>
internal sealed record TelemetryOptions(IPEndPoint? Prometheus, bool OtlpTraces, bool OtlpMetrics)
{
    private const string PrometheusSetting = "ThreadGrains__Telemetry__Prometheus";

    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <summary>Reads ours and the variables that OpenTelemetry's specification names; what is wrong goes to <paramref name="failures"/>.</summary>
    /// <param name="read">A setting by its name, with <c>:</c> between sections.</param>
    /// <param name="failures">One sentence each.</param>
    public static TelemetryOptions Read(Func<string, string?> read, ICollection<string> failures)
    {
        foreach (string name in Endpoints.Where(name => read(name) is { Length: > 0 } given && !IsHttp(given)))
        {
            failures.Add($"{name} must be an absolute http or https address.");
        }

        if (read("OTEL_EXPORTER_OTLP_PROTOCOL") is { Length: > 0 } and not ("grpc" or "http/protobuf"))
        {
            failures.Add("OTEL_EXPORTER_OTLP_PROTOCOL must be grpc or http/protobuf.");
        }

        IPEndPoint? prometheus = null;
        if (read("ThreadGrains:Telemetry:Prometheus") is { Length: > 0 } address && !TryParse(address, out prometheus))
        {
            failures.Add($"{PrometheusSetting} must be a port from 1 to 65535, or IP address and port, such as 9464 or 127.0.0.1:9464.");
        }

        return new TelemetryOptions(prometheus, IsSet(Endpoints[1]), IsSet(Endpoints[2]));

        bool IsSet(string ofSignal) => !string.IsNullOrEmpty(read(Endpoints[0])) || !string.IsNullOrEmpty(read(ofSignal));
    }

    /// <summary>A port alone is one on loopback: who may read how much a team's tracker does is for the operator to widen.</summary>
    private static bool TryParse(string text, [NotNullWhen(true)] out IPEndPoint? address)
    {
        address = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort
            ? new IPEndPoint(IPAddress.Loopback, port)
            : text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var given) ? given : null;
        address = address is { Port: > 0 } ? address : null;
        return address is not null;
    }

    private static bool IsHttp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
