using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ThreadGrains.Slack.WebApi;

/// <summary>The meaning of an <see cref="Exchange"/>, the same for every method: the outcome classes.</summary>
internal abstract record Answer
{
    private Answer()
    {
    }

    public sealed record Success(JsonElement Root, SlackHeaders Headers) : Answer;

    public sealed record NotSent(string Reason) : Answer;

    public sealed record Limited(TimeSpan? RetryAfter, string Error) : Answer;

    public sealed record RetryLater(string Error, bool WorkspaceWide) : Answer;

    public sealed record Refused(RefusalScope Scope, string Error, MissingScope? Missing = null) : Answer;

    public sealed record Doubt(string Evidence) : Answer;

    public sealed record NotSlack(string Status) : Answer;

    private const int LongestCode = 100;
    private const int LongestList = 2000;

    /// <summary>The whole table, transport first, then status, then what the body says.</summary>
    public static Answer Of(Exchange exchange) => exchange switch
    {
        Exchange.NeverBegan never => new NotSent(never.Reason),
        Exchange.HeldBack held => new Limited(held.Left, "held_back"),
        Exchange.BrokenOff broken => new Doubt(broken.Evidence),
        // 429 needs no body: it was not done, whatever else the answer would have said.
        Exchange.Answered { Status: 429 } slow => new Limited(Wait(slow), Read(slow.Body).Error ?? PlainCode(slow.Body) ?? "http_429"),
        Exchange.Answered { Status: >= 500 or 408 } down => new Doubt(Http(down.Status)),
        Exchange.Answered { Status: 200, Body: null } cut => new Doubt(cut.BodyFault ?? "cut_off"),
        Exchange.Answered { Status: 200 } answer => Read(answer.Body) switch
        {
            { IsJson: false } => new Doubt("not_json"),
            { Ok: null } => new Doubt("without_ok"),
            { Ok: true } body => new Success(body.Root, answer.Headers),
            var body => Failure(body.Error ?? "no_error_code", answer, body.Root),
        },
        // Any other status. Slack itself, if it says why it refused; in doubt, if it claims success with a strange status.
        Exchange.Answered other => Read(other.Body) switch
        {
            { Ok: false, Error: { } error } body => Failure(error, other, body.Root),
            { Ok: true } => new Doubt(Http(other.Status)),
            _ => new NotSlack(other.Status.ToString(CultureInfo.InvariantCulture)),
        },
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {exchange.GetType().Name}"),
    };

    private static Answer Failure(string error, Exchange.Answered answer, JsonElement body) => SlackErrors.ClassOf(error) switch
    {
        ErrorClass.Limited => new Limited(Wait(answer), error),
        ErrorClass.RetryLater => new RetryLater(error, WorkspaceWide: false),
        ErrorClass.RetryLaterWorkspace => new RetryLater(error, WorkspaceWide: true),
        ErrorClass.InDoubt => new Doubt(error),
        ErrorClass.Message => new Refused(RefusalScope.Message, error),
        ErrorClass.Metadata => new Refused(RefusalScope.Metadata, error),
        ErrorClass.Thread => new Refused(RefusalScope.Thread, error),
        ErrorClass.Channel => new Refused(RefusalScope.Channel, error),
        ErrorClass.Workspace => new Refused(RefusalScope.Workspace, error, ScopesIn(error, body)),
        ErrorClass.Request => new Refused(RefusalScope.Request, error),
        _ => new Refused(RefusalScope.Unknown, error),
    };

    private static TimeSpan? Wait(Exchange.Answered answer) => WebApi.RetryAfter.Read(answer.Headers.RetryAfter, answer.Headers.Date ?? answer.At);

    private static string Http(int status) => string.Create(CultureInfo.InvariantCulture, $"http_{status}");

    private static Body Read(ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } body || !TolerantJson.TryParse(body.Span, new JsonDocumentOptions(), out var root))
        {
            return default;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return new Body(IsJson: true, root, null, null);
        }

        bool? ok = root.TryGetProperty("ok", out var field)
            ? field.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
            : null;
        return new Body(IsJson: true, root, ok, Code(root.TextOrNull("error")));
    }

    private static MissingScope? ScopesIn(string error, JsonElement body) =>
        error == "missing_scope" && Scopes(body.TextOrNull("needed")) is { } needed ? new MissingScope(needed, Scopes(body.TextOrNull("provided")) ?? "") : null;

    private static string? Scopes(string? list) =>
        list is { Length: > 0 and <= LongestList } && list.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or '_' or '-' or ',' or ' ') ? list : null;

    /// <summary>A workspace over its quota answers with the bare code, which is no JSON. Only codes that we know are taken for one.</summary>
    private static string? PlainCode(ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { Length: > 0 and <= LongestCode } body)
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(body.Span).Trim();
        return SlackErrors.ClassOf(text) is ErrorClass.Limited or ErrorClass.RetryLaterWorkspace ? text : null;
    }

    // A code goes into ledger rows and metrics: never longer, and never anything else, than a code.
    internal static string? Code(string? error)
    {
        if (error is null)
        {
            return null;
        }

        var code = error.Length > LongestCode ? error[..LongestCode] : error;
        return code.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? code : "unprintable_error_code";
    }

    private readonly record struct Body(bool IsJson, JsonElement Root, bool? Ok, string? Error);
}
