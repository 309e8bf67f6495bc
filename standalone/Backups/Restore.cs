using System.IO.Compression;
using Microsoft.Data.Sqlite;
using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Silo;
using ThreadGrains.Standalone.Launching;

namespace ThreadGrains.Standalone.Backups;

/// <summary>
/// Brings a backup into a data folder that has no databases. The ledger is told that it was restored before it gets its
/// name, so that nothing can be started from it that would post old messages again.
/// </summary>
internal sealed class Restore(string folder, string file, TimeProvider clock)
{
    private static readonly string[] Names = [EmbeddedDatabases.LedgerFile, EmbeddedDatabases.GrainsFile];

    private readonly string _folder = Path.GetFullPath(folder);
    private readonly string _file = Path.GetFullPath(file);

    /// <exception cref="StartRefusedException">It cannot be, and why; the folder is as it was.</exception>
    public async Task<(BackupManifest Manifest, RestoreOutcome.Begun Begun)> Run()
    {
        using var zip = BackupArchive.Open(_file);
        var manifest = BackupArchive.ReadManifest(zip, _file);
        RequireKnownSchema(manifest, manifest.Ledger.Schema, EmbeddedDatabases.LedgerScripts);
        RequireKnownSchema(manifest, manifest.Grains.Schema, EmbeddedDatabases.GrainScripts);
        bool isNew = !Directory.Exists(_folder);
        try
        {
            using var held = DataFolder.Claim(_folder);
            RequireEmpty();
            var begun = await Unpack(zip, manifest);
            isNew = false;
            return (manifest, begun);
        }
        catch (Exception problem) when (BackupArchive.IsOfTheDisk(problem))
        {
            throw new StartRefusedException(
                $"{_file} could not be restored into {_folder}: {BackupArchive.OneLine(problem.Message)} Nothing of it was kept.", problem);
        }
        finally
        {
            if (isNew && Directory.Exists(_folder))
            {
                Directory.Delete(_folder, recursive: true);
            }
        }
    }

    /// <summary>
    /// For files that were put back by other means: tells the ledger of a folder that it was restored. Everything unfinished is
    /// read back before it is sent.
    /// </summary>
    /// <exception cref="StartRefusedException">There is no ledger, it is held, or of a newer version.</exception>
    public static async Task<RestoreOutcome.Begun> Begin(string folder, TimeProvider clock)
    {
        string path = Path.GetFullPath(folder);
        if (!File.Exists(Path.Combine(path, EmbeddedDatabases.LedgerFile)))
        {
            throw new StartRefusedException($"--restored: there is no ledger in {path}; put it there, or unpack a backup with ./run restore FILE.");
        }

        using var held = DataFolder.Claim(path);
        return await BeginIn(path, clock);
    }

    private static async Task<RestoreOutcome.Begun> BeginIn(string folder, TimeProvider clock)
    {
        try
        {
            await using var ledger = EmbeddedDatabases.Open(folder, clock);
            return await ledger.BeginRestored(CancellationToken.None) switch
            {
                RestoreOutcome.Begun begun => begun,
                RestoreOutcome.Unavailable or RestoreOutcome.Unknown => throw new StartRefusedException(
                    $"the ledger in {folder} cannot be written now; mend that (disk space, rights) and do the same again."),
                var other => throw new System.Diagnostics.UnreachableException($"No rule for {other.GetType().Name}"),
            };
        }
        finally
        {
            SqliteConnection.ClearAllPools();
        }
    }

    private static string Unknown(IEnumerable<string> scripts) => string.Join(", ", scripts);

    private void RequireKnownSchema(BackupManifest manifest, IReadOnlyList<string> schema, IReadOnlyList<string> known)
    {
        string[] unknown = [.. schema.Except(known)];
        if (unknown.Length > 0)
        {
            throw new StartRefusedException(
                $"{_file} was made by version {BackupArchive.OneLine(manifest.Version)}, whose schema this version does not know ({Unknown(unknown)}). Restore it with that version.");
        }
    }

    private void RequireEmpty()
    {
        FolderUse.RequireNoCluster(_folder, "restore into another folder (--data)");
        foreach (string name in Names.SelectMany(name => new[] { name, $"{name}-wal", $"{name}-shm" }))
        {
            if (File.Exists(Path.Combine(_folder, name)))
            {
                throw new StartRefusedException(
                    $"{_folder} holds {name} already; restore into another folder (--data), or move the databases away first.");
            }
        }
    }

    private async Task<RestoreOutcome.Begun> Unpack(ZipArchive zip, BackupManifest manifest)
    {
        string beside = Path.Combine(_folder, "restoring");
        if (Directory.Exists(beside))
        {
            Directory.Delete(beside, recursive: true);
        }

        DataFolder.CreateForOwner(beside);
        try
        {
            Unpack(zip, EmbeddedDatabases.LedgerFile, manifest.Ledger, beside);
            Unpack(zip, EmbeddedDatabases.GrainsFile, manifest.Grains, beside);
            var begun = await BeginIn(beside, clock);
            Rename(beside);
            return begun;
        }
        finally
        {
            Directory.Delete(beside, recursive: true);
        }
    }

    private void Unpack(ZipArchive zip, string name, BackedUpFile expected, string beside)
    {
        string path = Path.Combine(beside, name);
        using (var target = new FileStream(path, FileMode.CreateNew))
        {
            BackupArchive.Extract(zip, name, expected, target, _file);
        }

        if (SqliteCopy.Damage(path) is { } damage)
        {
            throw new StartRefusedException($"{_file} is damaged: {name}: {BackupArchive.OneLine(damage)}. Nothing was restored; take another backup.");
        }
    }

    /// <summary>The ledger last: only a folder with a ledger is a restored one.</summary>
    private void Rename(string beside)
    {
        foreach (string name in Names)
        {
            if (new FileInfo(Path.Combine(beside, $"{name}-wal")) is { Exists: true, Length: > 0 })
            {
                throw new IOException($"the log of {name} was not taken into it");
            }

            DiskSync.OfFile(Path.Combine(beside, name));
        }

        string grains = Path.Combine(_folder, EmbeddedDatabases.GrainsFile);
        File.Move(Path.Combine(beside, EmbeddedDatabases.GrainsFile), grains);
        try
        {
            File.Move(Path.Combine(beside, EmbeddedDatabases.LedgerFile), Path.Combine(_folder, EmbeddedDatabases.LedgerFile));
        }
        catch
        {
            File.Delete(grains);
            throw;
        }

        DiskSync.OfFolder(_folder);
    }
}
