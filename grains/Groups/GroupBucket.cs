using System.Text;
using ThreadGrains.Groups;

namespace ThreadGrains.Grains.Groups;

/// <summary>Shares groups among silos for recovery. FNV-1a, written out here because it stands in the ledger and must never change.</summary>
internal static class GroupBucket
{
    private const uint Buckets = 1024;
    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>A group's bucket, 0 to 1023.</summary>
    public static int Of(GroupKey group)
    {
        uint hash = OffsetBasis;
        foreach (byte octet in Encoding.UTF8.GetBytes(group.ToString()))
        {
            hash = unchecked((hash ^ octet) * Prime);
        }

        return (int)(hash % Buckets);
    }
}
