namespace ThreadGrains.Slack.Payloads;

/// <summary>What a Content-Type header says, without its parameters: Slack may add a charset.</summary>
public static class SlackMediaType
{
    /// <summary>A form: interactions, options, slash commands, ssl_check.</summary>
    public static bool IsForm(string? contentType) => Is(contentType, "application/x-www-form-urlencoded");

    /// <summary>JSON: events.</summary>
    public static bool IsJson(string? contentType) => Is(contentType, "application/json");

    private static bool Is(string? contentType, string mediaType) =>
        contentType is not null && contentType.AsSpan(0, End(contentType)).Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);

    private static int End(string contentType) => contentType.IndexOf(';', StringComparison.Ordinal) is >= 0 and var at ? at : contentType.Length;
}
