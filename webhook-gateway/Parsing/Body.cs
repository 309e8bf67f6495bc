using System.Buffers;
using System.IO.Pipelines;

namespace ThreadGrains.WebhookGateway.Parsing;

/// <summary>Reads a body as raw bytes, with its limit enforced while reading: Content-Length is only a claim.</summary>
internal static class Body
{
    /// <returns>The bytes; null: more than the limit.</returns>
    public static async Task<byte[]?> Read(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        while (true)
        {
            ReadResult result = await request.BodyReader.ReadAsync(cancellation);
            if (result.Buffer.Length > limit)
            {
                return null;
            }

            if (result.IsCompleted)
            {
                byte[] bytes = result.Buffer.ToArray();
                request.BodyReader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Whether the media type, parameters aside, is the one named.</summary>
    public static bool Is(HttpRequest request, string mediaType) =>
        string.Equals(request.ContentType?.Split(';')[0].Trim(), mediaType, StringComparison.OrdinalIgnoreCase);
}
