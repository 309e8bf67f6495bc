using System.Buffers.Binary;

namespace ThreadGrains.Simulation.Store;

/// <summary>Ids of the rows that a ledger makes itself: UUID v7 with a running number for chance, so that a seed replays exactly.</summary>
internal sealed class RowIds
{
    private ulong _made;

    public Guid Next(string kind, Guid of, string ts, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], ++_made);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }
}
