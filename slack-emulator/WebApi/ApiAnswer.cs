using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>An answer of the Web API. Errors are answers with status 200, save for the rate limit.</summary>
internal sealed record ApiAnswer(JsonObject Body, int Status = StatusCodes.Status200OK, int? RetryAfter = null)
{
    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Failure => (string?)Body["error"];

    public static ApiAnswer Ok(params (string Name, JsonNode? Value)[] fields)
    {
        var body = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in fields) body[name] = value;
        return new ApiAnswer(body);
    }

    public static ApiAnswer Error(string code) => new(new JsonObject { ["ok"] = false, ["error"] = code });

    /// <param name="code">Slack's error code.</param>
    /// <param name="messages">What is wrong in particular, in Slack's form <c>[ERROR] … [json-pointer:/…]</c>.</param>
    public static ApiAnswer Error(string code, IReadOnlyList<string> messages)
    {
        var answer = Error(code);
        answer.Body["response_metadata"] = new JsonObject { ["messages"] = new JsonArray([.. messages.Select(static text => (JsonNode)text)]) };
        return answer;
    }

    public static ApiAnswer Missing(string argument) =>
        Error("invalid_arguments", [$"[ERROR] missing required field: {argument}"]);

    /// <param name="retryAfter">Whole seconds, never less than one.</param>
    public static ApiAnswer RateLimited(int retryAfter) =>
        Error("ratelimited") with { Status = StatusCodes.Status429TooManyRequests, RetryAfter = retryAfter };

    public ApiAnswer WithWarnings(IEnumerable<string> warnings)
    {
        var all = warnings.ToList();
        if (all.Count == 0) return this;
        if ((string?)Body["warning"] is { } before) all.InsertRange(0, before.Split(','));
        Body["warning"] = string.Join(',', all);
        if (Body["response_metadata"] is not JsonObject about) Body["response_metadata"] = about = [];
        about["warnings"] = new JsonArray([.. all.Select(static warning => (JsonNode)warning)]);
        return this;
    }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(Body, Format);
}
