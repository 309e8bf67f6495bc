namespace ThreadGrains.Slack.WebApi;

/// <summary>The headers of an answer that matter to us.</summary>
/// <param name="Scopes">The token's scopes (<c>X-OAuth-Scopes</c>); null when Slack did not say.</param>
/// <param name="Date">Slack's clock.</param>
/// <param name="RequestId"><c>x-slack-req-id</c>: what Slack's support asks for.</param>
public sealed record SlackHeaders(IReadOnlyList<string>? Scopes, DateTimeOffset? Date, string? RequestId)
{
    /// <summary>No header at all.</summary>
    public static SlackHeaders None { get; } = new(null, null, null);

    /// <summary>The values of <c>Retry-After</c> as they came, if any.</summary>
    internal string? RetryAfter { get; init; }
}
