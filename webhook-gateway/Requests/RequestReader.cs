using Microsoft.Net.Http.Headers;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>From an HTTP request to the bytes that will be parsed, or to the problem that it is answered with.</summary>
internal static class RequestReader
{
    public const string Json = "application/json";

    /// <summary>Lines of JSON have no registered media type; these are the ones in use.</summary>
    public static readonly string[] JsonLines = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"];

    /// <summary>UTF-8 by its registered name, and as many senders spell it.</summary>
    private static readonly string[] Utf8Names = ["utf-8", "utf8"];

    public static async Task<(byte[] Body, Problem? Problem)> Read(HttpContext http, int limit, params string[] mediaTypes)
    {
        if (CheckMediaType(http, mediaTypes) is { } unsupported)
        {
            return ([], unsupported);
        }

        return await RequestBody.Read(http, limit, http.RequestAborted) is { } body
            ? (body, null)
            : ([], TooLarge(limit));
    }

    /// <summary>Reads one JSON object and lets <paramref name="shape"/> make a value of it.</summary>
    public static async Task<(T? Value, Problem? Problem)> ReadObject<T>(HttpContext http, int limit, Func<JsonFields, T> shape)
        where T : class
    {
        var (body, problem) = await Read(http, limit, Json);
        return problem is null ? Shape(body, shape) : (null, problem);
    }

    /// <summary>The value that one JSON text holds, or everything that is wrong with it.</summary>
    public static (T? Value, Problem? Problem) Shape<T>(ReadOnlySpan<byte> json, Func<JsonFields, T> shape)
        where T : class
    {
        var (fields, violation) = JsonFields.Parse(json);
        if (violation is not null)
        {
            return (null, Problem.Invalid(violation));
        }

        var value = shape(fields);
        return fields.Violations.Count == 0 ? (value, null) : (null, Problem.Invalid(fields.Violations));
    }

    public static Problem TooLarge(int limit) => Problem.Of(ProblemKinds.TooLarge, $"At most {limit} bytes are taken here; send less at once.");

    private static Problem? CheckMediaType(HttpContext http, string[] mediaTypes)
    {
        string wanted = mediaTypes[0];
        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            return Problem.Of(ProblemKinds.UnsupportedMediaType, "Compressed bodies are not taken; send it without Content-Encoding.");
        }

        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !mediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            return Problem.Of(ProblemKinds.UnsupportedMediaType, $"Send the body with Content-Type: {wanted}.");
        }

        return !type.Charset.HasValue || Utf8Names.Contains(type.Charset.Value!.Trim('"', '\''), StringComparer.OrdinalIgnoreCase)
            ? null
            : Problem.Of(
                ProblemKinds.UnsupportedMediaType,
                $"Only UTF-8 is taken, and this charset is another one. Encode the body as UTF-8 and send it with Content-Type: {wanted}.");
    }
}
