using System.Globalization;
using System.Net;

namespace ThreadGrains.Chaos.Relays;

/// <summary>Which process holds the other end of a connection on loopback: proc(5), net/tcp and the open files of those asked about.</summary>
internal static class SocketOwners
{
    /// <param name="end">The end whose holder is asked for.</param>
    /// <param name="candidates">Processes by name; no others are looked at.</param>
    public static string? Of(IPEndPoint end, IEnumerable<(string Name, int Process)> candidates)
    {
        string local = string.Create(CultureInfo.InvariantCulture, $"0100007F:{end.Port:X4}");
        string? inode = File.ReadLines("/proc/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[1] == local).Select(fields => fields[9]).FirstOrDefault(number => number != "0");
        return inode is null ? null : candidates.FirstOrDefault(candidate => Holds(candidate.Process, $"socket:[{inode}]")).Name;
    }

    private static bool Holds(int process, string file)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd")).Any(entry => new FileInfo(entry).LinkTarget == file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
