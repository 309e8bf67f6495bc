namespace ThreadGrains.Workspaces;

/// <summary>Whether a channel or workspace can be posted to.</summary>
/// <param name="Error">Slack's error for which everything waits; null: all is well.</param>
/// <param name="Since">When it was met.</param>
/// <param name="ProbeAt">When it is tried again by itself.</param>
/// <param name="Name">What it is called, if that is known.</param>
/// <param name="Installation">Of a workspace: where its token comes from; null: there is none, or a silo of before does not tell.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.HealthView")]
public sealed record HealthView(
    [property: Id(0)] string? Error, [property: Id(1)] DateTimeOffset? Since = null, [property: Id(2)] DateTimeOffset? ProbeAt = null,
    [property: Id(3)] string? Name = null, [property: Id(4)] InstallationView? Installation = null)
{
    /// <summary>With <c>missing_scope</c>: the scopes of which Slack needs one, parted by commas.</summary>
    [Id(5)]
    public string? Needed { get; init; }

    /// <summary>With <c>missing_scope</c>: the scopes that the token has.</summary>
    [Id(6)]
    public string? Provided { get; init; }

    /// <summary>Of a workspace: vital scopes that the app lacks, whether or not anything met that yet; null: none, or it is not known.</summary>
    [Id(7)]
    public IReadOnlyList<string>? MissingScopes { get; init; }
}
