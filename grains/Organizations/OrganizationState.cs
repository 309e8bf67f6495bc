using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Organizations;

/// <summary>What an organization has set by API; no transaction depends on it, so it is kept as grain state.</summary>
[GenerateSerializer, Alias("threadgrains.OrganizationState")]
public sealed class OrganizationState
{
    /// <summary>The name under which grain state knows it.</summary>
    public const string Name = "organization";

    /// <summary>What is posted where; null: never set.</summary>
    [Id(0)]
    public PostingPolicy? Policy { get; set; }

    /// <summary>Where alerts go that name no channels.</summary>
    [Id(1)]
    public IReadOnlyList<AlertRoute> Routes { get; set; } = [];

    /// <summary>Workspaces that keep a token of the organization.</summary>
    [Id(2)]
    public IReadOnlyList<string> Workspaces { get; set; } = [];

    /// <summary>Channels that have another id now.</summary>
    [Id(3)]
    public IReadOnlyList<ChannelMove> Moves { get; set; } = [];
}
