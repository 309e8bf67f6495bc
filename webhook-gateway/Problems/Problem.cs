using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Problems;

/// <summary>One field that is wrong, and how to mend it.</summary>
internal sealed record FieldError(string Field, string Detail);

/// <summary>
/// RFC 9457 problem documents. The type is <c>urn:threadgrains:problem:&lt;code&gt;</c>: stable, and the same word stands in
/// the extension member <c>code</c>, for programs.
/// </summary>
internal sealed record Problem(int Status, string Code, string Title, string? Detail = null, IReadOnlyList<FieldError>? Errors = null, TimeSpan? RetryAfter = null)
{
    public const string ContentType = "application/problem+json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private sealed record Body(string Type, string Title, int Status, string Code, string? Detail, IReadOnlyList<FieldError>? Errors);

    public static Problem NotAuthenticated { get; } = new(401, "not_authenticated", "The API key is missing or not valid.",
        "Send the header 'Authorization: Bearer tg_<organization>_<43 characters>' with a key of your organization.");

    public static Problem NotFound { get; } = new(404, "not_found", "There is no such resource.");

    public static Problem Invalid(IReadOnlyList<Violation> violations) => new(
        400, "invalid_request", "The request is not well formed.", $"{violations[0].Field} {violations[0].Detail}",
        [.. violations.Select(violation => new FieldError(violation.Field, violation.Detail))]);

    public static Problem NotJson(string detail) => new(400, "not_json", "The body is not one JSON object.", detail);

    public static Problem TooLarge(int limit) => new(413, "too_large", "The body is too large.", $"At most {limit} bytes are taken. Send less, or in several requests.");

    public static Problem WrongType(string expected) => new(415, "unsupported_media_type", "The content type is not supported.", $"Send the body as {expected}.");

    public static Problem Busy(TimeSpan? retryAfter, string? detail) => new(429, "too_many_requests", "Too much at once.", detail, RetryAfter: retryAfter ?? TimeSpan.FromSeconds(1));

    public static Problem Unavailable(string? detail = null) => new(503, "unavailable", "It cannot be taken right now.",
        detail ?? "Nothing is lost: send it again with the same id.", RetryAfter: TimeSpan.FromSeconds(1));

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(
        new Body($"urn:threadgrains:problem:{Code}", Title, Status, Code, Detail, Errors), Json);

    /// <summary>Answers with this problem.</summary>
    public async Task Write(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentType = ContentType;
        if (RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await http.Response.BodyWriter.WriteAsync(ToBytes(), http.RequestAborted);
    }
}
