using System.Reflection;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Silo;
using ThreadGrains.Standalone.Launching;

namespace ThreadGrains.Standalone.Backups;

/// <summary>
/// Takes a backup of a data folder, in use or not: both databases are copied as they stand, checked, packed, read back, and
/// only then given their name. What is half done never has it.
/// </summary>
internal sealed class Backup : IDisposable
{
    private readonly string _folder;
    private readonly string _file;
    private readonly bool _force;
    private readonly TimeProvider _clock;
    private bool _begun;

    public Backup(string folder, string file, bool force, TimeProvider clock)
    {
        _folder = Path.GetFullPath(folder);
        _file = Path.GetFullPath(file);
        _force = force;
        _clock = clock;
    }

    /// <summary>The archive while it is being written.</summary>
    private string Partial => $"{_file}.partial";

    /// <summary>The copies while they are being packed, for their owner alone; beside the archive, where the space is.</summary>
    private string Copies => $"{_file}.partial.d";

    /// <exception cref="StartRefusedException">It cannot be, and why; nothing was left.</exception>
    public BackupManifest Take()
    {
        RequireSourceAndPlace();
        try
        {
            using var partial = OpenPartial();
            _begun = true;
            var manifest = Pack(partial);
            Verify(partial, manifest);
            File.Move(Partial, _file, _force);
            DiskSync.OfFolder(Path.GetDirectoryName(_file)!);
            return manifest;
        }
        catch (Exception problem) when (BackupArchive.IsOfTheDisk(problem))
        {
            throw new StartRefusedException($"the backup {_file} could not be made: {BackupArchive.OneLine(problem.Message)} Nothing of it was kept.", problem);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Removes what is not finished; also when the command is broken off.</summary>
    public void Dispose()
    {
        if (!_begun)
        {
            return;
        }

        try
        {
            File.Delete(Partial);
            if (Directory.Exists(Copies))
            {
                Directory.Delete(Copies, recursive: true);
            }
        }
        catch (Exception stuck) when (stuck is IOException or UnauthorizedAccessException)
        {
            // The next backup of that name begins by removing it.
        }
    }

    private void RequireSourceAndPlace()
    {
        FolderUse.RequireNoCluster(_folder, "it is backed up with pg_dump (docs/cluster.md)");
        if (!File.Exists(Path.Combine(_folder, EmbeddedDatabases.LedgerFile)))
        {
            throw new StartRefusedException($"there is no ledger in {_folder}; name the data folder with --data.");
        }

        if (Directory.Exists(_file))
        {
            throw new StartRefusedException($"{_file} is a folder; name the file to write.");
        }

        if (File.Exists(_file) && !_force)
        {
            throw new StartRefusedException($"{_file} exists already; choose another name, or replace it with --force.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(_file)))
        {
            throw new StartRefusedException($"the folder {Path.GetDirectoryName(_file)} is not there; make it first.");
        }
    }

    private FileStream OpenPartial()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Held until the end, so that two backups of one name do not write into each other.
        var partial = new FileStream(Partial, options);
        partial.SetLength(0);
        return partial;
    }

    private BackupManifest Pack(FileStream partial)
    {
        if (Directory.Exists(Copies))
        {
            Directory.Delete(Copies, recursive: true);
        }

        DataFolder.CreateForOwner(Copies);
        string ledger = Path.Combine(Copies, EmbeddedDatabases.LedgerFile);
        string grains = Path.Combine(Copies, EmbeddedDatabases.GrainsFile);
        var takenAt = _clock.GetUtcNow();
        foreach (string copy in new[] { ledger, grains })
        {
            SqliteCopy.Make(Path.Combine(_folder, Path.GetFileName(copy)), copy);
            if (SqliteCopy.Damage(copy) is { } damage)
            {
                throw new StartRefusedException(
                    $"{Path.Combine(_folder, Path.GetFileName(copy))} is damaged ({BackupArchive.OneLine(damage)}); no backup was made. Go back to an older one.");
            }
        }

        var counts = SqliteCopy.Count(ledger);
        var manifest = new BackupManifest(
            BackupManifest.ThisFormat, BackupManifest.ThisProduct, ThisVersion, takenAt, counts.Groups, counts.Activities, counts.Unfinished,
            BackupArchive.Describe(ledger, SqliteCopy.Scripts(ledger)), BackupArchive.Describe(grains, SqliteCopy.Scripts(grains)));
        BackupArchive.Write(partial, manifest, ledger, grains);
        partial.Flush(flushToDisk: true);
        return manifest;
    }

    /// <summary>Reads the archive as a restore would.</summary>
    private void Verify(FileStream partial, BackupManifest manifest)
    {
        partial.Position = 0;
        using var zip = new System.IO.Compression.ZipArchive(partial, System.IO.Compression.ZipArchiveMode.Read, leaveOpen: true);
        BackupArchive.ReadManifest(zip, Partial);
        BackupArchive.Extract(zip, EmbeddedDatabases.LedgerFile, manifest.Ledger, Stream.Null, Partial);
        BackupArchive.Extract(zip, EmbeddedDatabases.GrainsFile, manifest.Grains, Stream.Null, Partial);
    }

    private static string ThisVersion =>
        typeof(Backup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
