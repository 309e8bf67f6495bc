using Microsoft.Net.Http.Headers;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>A call as it came over the wire, complete: what broke off on the way never becomes one.</summary>
internal sealed record ApiRequest(
    byte[] Body, string? MediaType, bool HasCharset, string? Bearer,
    IReadOnlyList<(string Name, string Value)> Query, IReadOnlyList<(string Name, string Value)>? Multipart)
{
    /// <exception cref="IOException">The connection ended before the body did.</exception>
    /// <exception cref="BadHttpRequestException">The body is larger than the emulator takes, or ended early.</exception>
    public static async Task<ApiRequest> Read(HttpContext http)
    {
        var request = http.Request;
        var query = request.Query.Select(static field => (field.Key, field.Value.ToString())).ToList();
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        var media = type?.MediaType.Value?.ToLowerInvariant();

        IReadOnlyList<(string, string)>? multipart = null;
        byte[] body = [];
        if (media == "multipart/form-data")
        {
            multipart = await Multiparts(request, http.RequestAborted);
        }
        else
        {
            using var whole = new MemoryStream();
            await request.Body.CopyToAsync(whole, http.RequestAborted);
            body = whole.ToArray();
        }
        return new ApiRequest(body, media ?? request.ContentType, type?.Charset.HasValue ?? false, BearerOf(request), query, multipart);
    }

    private static async Task<IReadOnlyList<(string, string)>?> Multiparts(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            var form = await request.ReadFormAsync(cancellation);
            return [.. form.Select(static field => (field.Key, field.Value.ToString()))];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string? BearerOf(HttpRequest request)
    {
        const string scheme = "Bearer ";
        return request.Headers.Authorization is [{ } value] && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? value[scheme.Length..].Trim()
            : null;
    }
}
