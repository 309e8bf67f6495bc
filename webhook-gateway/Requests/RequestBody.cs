using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>Reads a body once, as bytes, and stops at the limit: a Content-Length is a claim, and a chunked body has none.</summary>
internal static class RequestBody
{
    /// <summary>
    /// What is read and thrown away past the limit of a body without a length, at most: a sender that is a little over it reads our
    /// answer, and finds no connection that was reset while it still sent. Whoever sends more than that is cut off.
    /// </summary>
    public const int ThrownAway = 256 * 1024;

    /// <returns>The bytes, or null: there are more than <paramref name="limit"/>. Where the sender said no length, the connection then ends with the answer.</returns>
    public static async Task<byte[]?> Read(HttpContext http, int limit, CancellationToken cancellation)
    {
        var length = http.Request.ContentLength;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            // The server's own limit must not come first, since its answer would not be ours. Nor afterwards where the sender says how
            // much will come: it would be cut off while it still sends. The server reads that for a few seconds and throws it away.
            // A body without a length may have no end: the server stops reading there, and closes the connection.
            server.MaxRequestBodySize = length is null ? limit + ThrownAway : null;
        }

        if (length is null || length <= limit)
        {
            try
            {
                if (await ReadUpTo(limit, http.Request.BodyReader, cancellation) is { } body)
                {
                    return body;
                }
            }
            catch (BadHttpRequestException bad) when (bad.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                // So much came at once that the server's limit was passed before ours was looked at.
            }
        }

        if (length is null)
        {
            http.Response.Headers.Connection = "close";
        }

        return null;
    }

    private static async Task<byte[]?> ReadUpTo(int limit, PipeReader reader, CancellationToken cancellation)
    {
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
