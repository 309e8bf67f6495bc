using System.Diagnostics;
using System.Globalization;

namespace ThreadGrains.Chaos.Running;

/// <summary>A disk of its own for the database, small enough to be filled: a tmpfs, which only root can mount.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Room for a database of some minutes, and no more.</summary>
    private const int Megabytes = 500;

    private readonly string _filler;

    private SmallDisk(string folder)
    {
        Folder = folder;
        _filler = Path.Combine(folder, "filler");
    }

    public string Folder { get; }

    /// <exception cref="InvalidOperationException">This user, or this machine, does not allow it.</exception>
    public static async Task<SmallDisk> Mount(string folder)
    {
        Directory.CreateDirectory(folder);
        if (await Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={Megabytes}m"), "tmpfs", folder) != 0)
        {
            throw new InvalidOperationException("a disk that can be filled must be mounted, and that is not allowed here: run it as root.");
        }

        return new SmallDisk(folder);
    }

    /// <summary>Takes all the space that is left.</summary>
    public async Task Fill() =>
        await Run("fallocate", "-l", new DriveInfo(Folder).AvailableFreeSpace.ToString(CultureInfo.InvariantCulture), _filler);

    /// <summary>Gives it back.</summary>
    public void Empty() => File.Delete(_filler);

    public async ValueTask DisposeAsync() => await Run("umount", "-l", Folder);

    private static async Task<int> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
