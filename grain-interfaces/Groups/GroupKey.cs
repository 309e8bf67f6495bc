namespace ThreadGrains.Groups;

/// <summary>Which issue group: the organization (the tenant) and the sender's own id of the group in it.</summary>
/// <param name="Organization">The tenant; comes from a credential, never from a request's body.</param>
/// <param name="Group">1 to 200 characters of <c>A-Z a-z 0-9 . _ : @ + = ~ -</c>, and neither <c>.</c> nor <c>..</c>.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.GroupKey")]
public readonly record struct GroupKey([property: Id(0)] string Organization, [property: Id(1)] string Group)
{
    /// <summary>The grain key, <c>organization/group</c>. Neither part may hold a slash, so it reads back unambiguously.</summary>
    public override string ToString() => $"{Organization}/{Group}";

    /// <summary>Reads a grain key.</summary>
    /// <exception cref="FormatException">The text is not <c>organization/group</c>.</exception>
    public static GroupKey Parse(string grainKey)
    {
        int slash = grainKey.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < grainKey.Length - 1 && grainKey.IndexOf('/', slash + 1) < 0
            ? new GroupKey(grainKey[..slash], grainKey[(slash + 1)..])
            : throw new FormatException("A group's grain key reads 'organization/group', both parts without a slash.");
    }
}
