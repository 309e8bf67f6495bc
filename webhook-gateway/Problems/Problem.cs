using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Problems;

/// <summary>
/// What every refused request is answered with: a problem document of RFC 9457. <see cref="Type"/> and <see cref="Reason"/> are stable; programs
/// compare them, people read <see cref="Detail"/>.
/// </summary>
internal sealed record Problem : IResult
{
    /// <summary>The media type of a problem document.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>urn:threadgrains:problem: and the reason.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The kind of problem as one word: the last part of type.</summary>
    public required string Reason { get; init; }

    /// <summary>What was wrong this time and how to mend it.</summary>
    public string? Detail { get; init; }

    /// <summary>What was wrong with single fields.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>The sender's id, where the problem concerns one line of a batch and its id could be read.</summary>
    public string? Id { get; init; }

    /// <summary>The group of that line.</summary>
    public string? Group { get; init; }

    /// <summary>The number of that line, from 1.</summary>
    public int? Line { get; init; }

    /// <summary>When to try again; goes into the header Retry-After, in whole seconds.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>One of the kinds in <see cref="ProblemKinds"/>.</summary>
    public static Problem Of(ProblemKind kind, string? detail = null, IEnumerable<Violation>? violations = null, TimeSpan? retryAfter = null) => new()
    {
        Type = kind.Type,
        Title = kind.Title,
        Status = kind.Status,
        Reason = kind.Reason,
        Detail = detail,
        Errors = violations?.Select(violation => new FieldError(violation.Field, violation.Detail)).ToArray(),
        RetryAfter = retryAfter ?? kind.RetryAfter,
    };

    /// <summary>A request whose form is wrong: 400 with each field that is.</summary>
    public static Problem Invalid(params IReadOnlyList<Violation> violations) => Of(
        ProblemKinds.InvalidRequest,
        violations is [{ Field: { Length: > 0 } field } first, ..] ? $"{field} {first.Detail}." : violations is [var whole, ..] ? $"The body {whole.Detail}." : null,
        violations);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Seconds(wait);
        }

        if (Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        await JsonSerializer.SerializeAsync(response.Body, this, WireJson.Plain.Problem, httpContext.RequestAborted);
    }

    // Rounded up: a sender that comes back too early is refused again.
    private static string Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">The field's JSON path, such as issue.title; empty: the whole body.</param>
/// <param name="Detail">What is wrong and how to mend it.</param>
internal sealed record FieldError(string Field, string Detail);
