using System.Text.Json;
using System.Text.RegularExpressions;

namespace ThreadGrains.Slack.WebApi;

/// <summary>What Slack says in an answer beside the answer itself. Fit for a log: without secrets and without what messages say.</summary>
/// <param name="Method">The method that was called.</param>
/// <param name="Warnings">Slack's codes, from <c>warning</c> and <c>response_metadata.warnings</c>, each once.</param>
/// <param name="Messages">Slack's prose, from <c>response_metadata.messages</c>, without what it quotes.</param>
/// <param name="Missing">With <c>missing_scope</c>: which.</param>
public sealed partial record SlackNotice(string Method, IReadOnlyList<string> Warnings, IReadOnlyList<string> Messages, MissingScope? Missing)
{
    /// <summary>The post stands without its metadata: one of the two places of its marker is lost.</summary>
    public const string MetadataLost = "invalid_metadata_schema";

    /// <summary>The text was cut off.</summary>
    public const string Truncated = "message_truncated";

    private const int Most = 10;
    private const int LongestMessage = 200;

    /// <summary>Larger answers are pages of messages, of which only the warnings are worth a second reading.</summary>
    private const int Small = 64 * 1024;

    /// <summary>Whether a warning says that something of ours was lost.</summary>
    public static bool IsSerious(string warning) => warning is MetadataLost or Truncated;

    /// <summary>What an answer says beside; null: nothing.</summary>
    internal static SlackNotice? Of(string method, Exchange exchange)
    {
        if (exchange is not Exchange.Answered { Body: { Length: > 0 } body } || (body.Length > Small && body.Span.IndexOf("\"warning"u8) < 0)
            || !TolerantJson.TryParse(body.Span, new JsonDocumentOptions(), out var root) || root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var about = root.Child("response_metadata");
        string[] warnings =
        [
            .. (root.TextOrNull("warning") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Concat(Texts(about, "warnings")).Select(Answer.Code).OfType<string>().Distinct(StringComparer.Ordinal).Take(Most),
        ];
        string[] messages = [.. Texts(about, "messages").Take(Most).Select(WithoutContents)];
        var missing = Answer.Of(exchange) is Answer.Refused { Missing: { } scopes } ? scopes : null;
        return warnings.Length == 0 && messages.Length == 0 && missing is null ? null : new SlackNotice(method, warnings, messages, missing);
    }

    /// <summary>Slack's own words about a request, without what they quote of it.</summary>
    internal static string WithoutContents(string said)
    {
        string text = Control().Replace(Quoted().Replace(Address().Replace(SlackRedaction.Redact(said), "…"), "…"), " ");
        return text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
    }

    private static IEnumerable<string> Texts(JsonElement? about, string name) =>
        about is { } found && found.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
            : [];

    [GeneratedRegex("\"[^\"]*\"?|'[^']*'?|`[^`]*`?|“[^”]*”?|‘[^’]*’?|<[^>]*>?")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b[A-Za-z][A-Za-z0-9+.-]*://\S+")]
    private static partial Regex Address();

    [GeneratedRegex(@"[\p{C}]+")]
    private static partial Regex Control();
}
