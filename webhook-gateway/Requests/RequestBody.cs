using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>Reads a body once, as bytes, and stops at the limit: a Content-Length is a claim, and a chunked body has none.</summary>
internal static class RequestBody
{
    /// <returns>The bytes, or null: there are more than <paramref name="limit"/>.</returns>
    public static async Task<byte[]?> Read(HttpContext http, int limit, CancellationToken cancellation)
    {
        // The server's own limit must not come first: its answer would not be ours. Nor afterwards: it would cut off a sender that still
        // sends, who would then never read the answer. The server reads what comes for a few seconds and throws it away.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = null;
        }

        if (http.Request.ContentLength > limit)
        {
            return null;
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
