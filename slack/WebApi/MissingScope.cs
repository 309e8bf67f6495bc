namespace ThreadGrains.Slack.WebApi;

/// <summary>What Slack says beside <c>missing_scope</c>, in its own spelling: scopes, parted by commas.</summary>
/// <param name="Needed">One of these would do.</param>
/// <param name="Provided">All that the token has.</param>
public sealed record MissingScope(string Needed, string Provided)
{
    /// <summary>Whether scopes that Slack names are enough now.</summary>
    public static bool IsGranted(string needed, IReadOnlyCollection<string> granted) =>
        needed.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(granted.Contains);
}
