using System.Runtime.InteropServices;

namespace ThreadGrains.Standalone.Backups;

/// <summary>What was written reaches the disk before anybody is told of it.</summary>
internal static partial class DiskSync
{
    /// <summary>Syncs a file's bytes.</summary>
    public static void OfFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Syncs a folder, so that a rename in it survives a power failure. .NET opens no folders; Windows needs none.</summary>
    public static void OfFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int folder = Open(path, ReadOnly);
        if (folder < 0)
        {
            throw new IOException($"The folder {path} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        // Some file systems know no sync of folders (EINVAL); they then order renames themselves.
        _ = Sync(folder);
        _ = Close(folder);
    }

    private const int ReadOnly = 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
