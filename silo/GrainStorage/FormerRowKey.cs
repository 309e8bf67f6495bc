using ThreadGrains.Groups;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>Where the state of a grain whose key is a number stood before <see cref="RowKey"/>: the columns of its row.</summary>
/// <param name="Text">What follows the plus sign of the key; empty: nothing.</param>
/// <param name="N0">The first half of a GUID; 0 for a number.</param>
/// <param name="N1">The second half of a GUID, or the number.</param>
internal readonly record struct FormerRowKey(string Text, long N0, long N1)
{
    /// <summary>A key that the provider reads as a number.</summary>
    public static FormerRowKey Of(GrainId grain)
    {
        if (grain.TryGetGuidKey(out var guid, out string? further))
        {
            byte[] bytes = guid.ToByteArray();
            return new FormerRowKey(further ?? "", BitConverter.ToInt64(bytes, 0), BitConverter.ToInt64(bytes, 8));
        }

        return grain.TryGetIntegerKey(out long number, out further)
            ? new FormerRowKey(further ?? "", 0, number)
            : throw new ArgumentException($"{grain} is no number.", nameof(grain));
    }

    /// <summary>
    /// The workspace whose row this is; null: it is no workspace's. Slack's ids are capital letters and digits and begin with a
    /// letter, so that a number is the id of one workspace at most (such as <c>E0123456789</c>).
    /// </summary>
    public string? Workspace
    {
        get
        {
            byte[] guid = [.. BitConverter.GetBytes(N0), .. BitConverter.GetBytes(N1)];
            string id = N0 == 0 ? $"{N1:X}" : new Guid(guid).ToString("N").ToUpperInvariant();
            return Text.Length == 0 && RequestRules.IsSlackId(id, "E") ? id : null;
        }
    }
}
