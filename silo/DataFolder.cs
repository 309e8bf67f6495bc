using System.Globalization;

namespace ThreadGrains.Silo;

/// <summary>
/// The folder with the embedded databases, held by one process at a time: an exclusive lock on <c>lock</c> for the
/// process's life. The lock is the operating system's, so it ends with the process however that dies.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; }

    /// <summary>Makes the folder if it is missing (for its owner alone) and takes its lock.</summary>
    /// <exception cref="StartRefusedException">Another process holds it, or it cannot be written.</exception>
    public static DataFolder Claim(string path)
    {
        string folder = System.IO.Path.GetFullPath(path);
        try
        {
            CreateForOwner(folder);
            // .NET takes flock(LOCK_EX) for FileShare.None, and a shared lock for every other share: so the holder's
            // number stands in a file of its own, which others can read.
            var held = new FileStream(System.IO.Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(HolderFile(folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolder(folder, held);
        }
        catch (IOException busy) when (Holder(folder) is { } holder && IsLocked(busy))
        {
            throw new StartRefusedException($"the data folder {folder} is held by process {holder}; stop that process or choose another folder.");
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw Unusable(folder, problem);
        }
    }

    /// <summary>Makes sure that <see cref="Claim"/> would succeed now.</summary>
    /// <exception cref="StartRefusedException">It would not, and why.</exception>
    public static void RequireFree(string path) => Claim(path).Dispose();

    /// <summary>Makes the folder if it is missing, and makes sure that files can be made in it. Asks for no lock.</summary>
    /// <exception cref="StartRefusedException">They cannot.</exception>
    public static void RequireWritable(string path)
    {
        string folder = System.IO.Path.GetFullPath(path);
        try
        {
            CreateForOwner(folder);
            string probe = System.IO.Path.Combine(folder, $"writable.{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            throw Unusable(folder, problem);
        }
    }

    /// <summary>A file of the folder.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Gives the folder free.</summary>
    public void Dispose() => _lock.Dispose();

    /// <summary>Makes a folder that only its owner may read, because of the secrets and messages in it. One that exists is left as it is.</summary>
    public static void CreateForOwner(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static StartRefusedException Unusable(string folder, Exception problem) => problem is UnauthorizedAccessException
        ? new($"the data folder {folder} cannot be written by this user; give it to the user or choose another folder.")
        : new($"the data folder {folder} cannot be used: {problem.Message}");

    private static string HolderFile(string folder) => System.IO.Path.Combine(folder, "lock.pid");

    private static string? Holder(string folder) => File.Exists(HolderFile(folder)) ? File.ReadAllText(HolderFile(folder)).Trim() : null;

    // EWOULDBLOCK from flock; Windows' sharing violation.
    private static bool IsLocked(IOException problem) => (problem.HResult & 0xFFFF) is 11 or 35 or 32;
}
