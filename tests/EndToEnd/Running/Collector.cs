using System.Net;
using System.Text;
using ThreadGrains.Silo;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>A span as it arrived; ids in hex.</summary>
internal sealed record Span(string Trace, string Id, string Parent, string Name, string Source, IReadOnlyList<string> LinkedTraces, IReadOnlyDictionary<string, string> Tags);

/// <summary>
/// An OpenTelemetry collector of the test's own: OTLP over HTTP, the few protobuf fields of spans that are looked at, and
/// every byte that came, for those who look for what must not be there.
/// </summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<Span> _spans = [];
    private readonly MemoryStream _bytes = new();
    private readonly List<string> _paths = [];

    public Collector()
    {
        int port = LoopbackPorts.ChooseOne();
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _ = Receive();
    }

    public string Address { get; }

    /// <summary>What a process needs to export here, promptly.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
    };

    public IReadOnlyList<Span> Spans
    {
        get
        {
            lock (_bytes)
            {
                return [.. _spans];
            }
        }
    }

    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_bytes)
            {
                return [.. _paths];
            }
        }
    }

    /// <summary>All that came, as Latin-1: protobuf keeps texts as they are.</summary>
    public string Everything
    {
        get
        {
            lock (_bytes)
            {
                return Encoding.Latin1.GetString(_bytes.ToArray());
            }
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _bytes.Dispose();
    }

    private async Task Receive()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext request;
            try
            {
                request = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await request.Request.InputStream.CopyToAsync(body);
            lock (_bytes)
            {
                _paths.Add(request.Request.Url!.AbsolutePath);
                _bytes.Write(body.ToArray());
                if (request.Request.Url.AbsolutePath == "/v1/traces")
                {
                    _spans.AddRange(Read(body.ToArray()));
                }
            }

            request.Response.ContentType = "application/x-protobuf";
            request.Response.Close();
        }
    }

    // opentelemetry-proto, trace/v1/trace.proto: request.resource_spans = 1, .scope_spans = 2, .scope = 1 (name = 1), .spans = 2;
    // span: trace_id 1, span_id 2, parent_span_id 4, name 5, attributes 9 (key 1, value 2), links 13 (trace_id 1).
    private static IEnumerable<Span> Read(byte[] request) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        let source = Text(Fields(Fields(scope, 1).Single(), 1).FirstOrDefault())
        from span in Fields(scope, 2)
        select new Span(
            Hex(Fields(span, 1)), Hex(Fields(span, 2)), Hex(Fields(span, 4)), Text(Fields(span, 5).Single()), source,
            [.. Fields(span, 13).Select(link => Hex(Fields(link, 1)))],
            Fields(span, 9).GroupBy(tag => Text(Fields(tag, 1).Single())).ToDictionary(tag => tag.Key, tag => Value(Fields(tag.Last(), 2).Single())));

    private static string Value(byte[] any) => Fields(any, 1) is [var text, ..] ? Text(text) : Convert.ToHexString(any);

    private static string Hex(List<byte[]> field) => field is [var bytes, ..] ? Convert.ToHexStringLower(bytes) : "";

    private static string Text(byte[]? bytes) => bytes is null ? "" : Encoding.UTF8.GetString(bytes);

    /// <summary>The length-delimited fields of one number.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var found = new List<byte[]>();
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 5:
                    at += 4;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == number)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {tag & 7}.");
            }
        }

        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
