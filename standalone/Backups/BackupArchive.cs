using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Backups;

/// <summary>A backup's file: a zip archive of the two databases and <see cref="BackupManifest"/>. Names are fixed, so none leads anywhere.</summary>
internal static class BackupArchive
{
    /// <summary>Length and hash of a file at rest.</summary>
    public static BackedUpFile Describe(string path, IReadOnlyList<string> schema)
    {
        using var file = File.OpenRead(path);
        return new BackedUpFile(file.Length, Convert.ToHexStringLower(SHA256.HashData(file)), schema);
    }

    /// <summary>Writes the archive into an open, empty stream.</summary>
    public static void Write(Stream target, BackupManifest manifest, string ledger, string grains)
    {
        using var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        using (var entry = zip.CreateEntry(BackupManifest.EntryName).Open())
        {
            entry.Write(manifest.ToBytes());
        }

        zip.CreateEntryFromFile(ledger, EmbeddedDatabases.LedgerFile, CompressionLevel.Fastest);
        zip.CreateEntryFromFile(grains, EmbeddedDatabases.GrainsFile, CompressionLevel.Fastest);
    }

    /// <summary>The manifest of an archive that this version can read.</summary>
    /// <exception cref="StartRefusedException">It is no backup, damaged, or of a newer format.</exception>
    public static BackupManifest ReadManifest(ZipArchive zip, string file)
    {
        try
        {
            var entry = Entry(zip, BackupManifest.EntryName, file);
            using var bytes = new MemoryStream();
            using (var read = entry.Open())
            {
                Copy(read, bytes, BackupManifest.MaxBytes);
            }

            int format = BackupManifest.FormatOf(bytes.ToArray());
            if (format > BackupManifest.ThisFormat)
            {
                throw new StartRefusedException(
                    $"{file} has format {format}; this version reads up to {BackupManifest.ThisFormat}. Restore it with the version that made it.");
            }

            var manifest = BackupManifest.Read(bytes.ToArray());
            return manifest.Product == BackupManifest.ThisProduct ? manifest : throw new JsonException("it is of another product");
        }
        catch (Exception broken) when (broken is JsonException or InvalidDataException)
        {
            throw Damaged(file, $"its manifest cannot be read ({OneLine(broken.Message)})", broken);
        }
    }

    /// <summary>Reads one database of the archive into a stream, and makes sure that it is what the manifest says.</summary>
    /// <exception cref="StartRefusedException">It is not there, or not what was written.</exception>
    public static void Extract(ZipArchive zip, string name, BackedUpFile expected, Stream target, string file)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var read = Entry(zip, name, file).Open();
            long length = Copy(read, target, expected.Bytes, hash);
            if (length != expected.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != expected.Sha256)
            {
                throw new InvalidDataException("it is not what was written");
            }
        }
        catch (InvalidDataException broken)
        {
            throw Damaged(file, $"{name} cannot be read ({OneLine(broken.Message)})", broken);
        }
    }

    /// <exception cref="StartRefusedException">It cannot be opened, or is no archive.</exception>
    public static ZipArchive Open(string file)
    {
        try
        {
            return ZipFile.OpenRead(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StartRefusedException($"{file} is not there.", missing);
        }
        catch (InvalidDataException broken)
        {
            throw Damaged(file, OneLine(broken.Message), broken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{file} cannot be read: {OneLine(unreadable.Message)}", unreadable);
        }
    }

    /// <summary>
    /// The disk does not take or give what it should: full, read-only, not ours, a database that cannot be read. The last one
    /// is what .NET makes of a file that may not grow any further (EFBIG).
    /// </summary>
    public static bool IsOfTheDisk(Exception problem) =>
        problem is IOException or UnauthorizedAccessException or SqliteException or ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>For lines of ours: what the system says, without its line breaks.</summary>
    public static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    private static ZipArchiveEntry Entry(ZipArchive zip, string name, string file) =>
        zip.GetEntry(name) ?? throw Damaged(file, $"it holds no {name}", null);

    private static StartRefusedException Damaged(string file, string why, Exception? inner) =>
        new($"{file} is no backup of ThreadGrains, or damaged: {why}. Nothing was restored; take another backup.", inner!);

    /// <summary>Copies as many bytes as there may be. An archive that unpacks to more than it says is not followed any further.</summary>
    private static long Copy(Stream from, Stream to, long most, IncrementalHash? hash = null)
    {
        byte[] buffer = new byte[128 * 1024];
        long total = 0;
        int read;
        while ((read = from.Read(buffer)) > 0)
        {
            total += read;
            if (total > most)
            {
                throw new InvalidDataException("it is longer than it says");
            }

            hash?.AppendData(buffer.AsSpan(0, read));
            to.Write(buffer, 0, read);
        }

        return total;
    }
}
