using System.Diagnostics;
using System.IO.Compression;
using Microsoft.Data.Sqlite;
using ThreadGrains.Standalone.Backups;

namespace ThreadGrains.Silo.Tests.Backups;

/// <summary>./run backup: whole or not at all, one line for whatever is in its way, and no harm to what runs.</summary>
public sealed class TakingBackups : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.PathOf("data");

    private string Archive => _folder.PathOf("backup.zip");

    [Fact]
    public async Task A_folder_in_use_is_copied_with_what_still_stands_in_its_log()
    {
        await GivenFolder.WithOnePending(Data);
        using var held = DataFolder.Claim(Data);
        await using var inUse = EmbeddedDatabases.Open(Data, TimeProvider.System);
        Assert.Equal("unresolved", (await inUse.LoadGroup("acme", "g1", default))!.State.Status);

        var manifest = Take();

        Assert.Equal((1L, 1L, 1L), (manifest.Groups, manifest.Activities, manifest.Unfinished));
        Assert.Equal(["backup.zip", "data"], Left());
        using var zip = ZipFile.OpenRead(Archive);
        Assert.Equal(["manifest.json", "ledger.db", "grains.db"], zip.Entries.Select(entry => entry.FullName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
        }
    }

    [Fact]
    public async Task An_archive_that_exists_is_replaced_only_by_force()
    {
        await GivenFolder.WithOnePending(Data);
        await File.WriteAllTextAsync(Archive, "precious");
        Refused("exists already; choose another name, or replace it with --force");
        Assert.Equal("precious", await File.ReadAllTextAsync(Archive));
        Take(force: true);
        Assert.NotEqual("precious", await File.ReadAllTextAsync(Archive));
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_no_hindrance()
    {
        await GivenFolder.WithOnePending(Data);
        await File.WriteAllTextAsync($"{Archive}.partial", new string('x', 1_000_000));
        Directory.CreateDirectory($"{Archive}.partial.d");
        await File.WriteAllTextAsync(Path.Combine($"{Archive}.partial.d", "ledger.db"), "half");
        Take();
        Assert.Equal(["backup.zip", "data"], Left());
        await new Restore(_folder.PathOf("again"), Archive, TimeProvider.System).Run();
    }

    [Fact]
    public async Task A_folder_without_a_ledger_and_a_place_that_is_none_are_named()
    {
        Refused($"there is no ledger in {Data}");
        Assert.False(Directory.Exists(Data));
        await GivenFolder.WithOnePending(Data);
        Assert.Contains("nowhere is not there", RefusalOf(new Backup(Data, _folder.PathOf("nowhere/b.zip"), false, TimeProvider.System)), StringComparison.Ordinal);
        Assert.Contains("is a folder", RefusalOf(new Backup(Data, Data, true, TimeProvider.System)), StringComparison.Ordinal);
        Assert.Contains("could not be made", RefusalOf(new Backup(Data, "/proc/b.zip", false, TimeProvider.System)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_backups_of_one_name_do_not_write_into_each_other()
    {
        await GivenFolder.WithOnePending(Data);
        using (new FileStream($"{Archive}.partial", FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Refused("could not be made");
        }

        Take();
    }

    [Fact]
    public async Task A_damaged_database_is_said_so_and_not_kept()
    {
        await GivenFolder.WithOnePending(Data);
        using (var file = new FileStream(Path.Combine(Data, "ledger.db"), FileMode.Open))
        {
            file.Position = 4096 * 3;
            file.Write(new byte[4096 * 12]);
        }

        Refused("is damaged");
        Assert.Equal(["data"], Left());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    public async Task A_full_disk_leaves_nothing_and_the_ledger_goes_on(int blocks)
    {
        await GivenFolder.WithOnePending(Data);
        await using (var inUse = EmbeddedDatabases.Open(Data, TimeProvider.System))
        {
            var (exit, errors) = await Limited(blocks, "backup", "--file", Archive, "--data", Data);
            Assert.True(exit == 1, errors);
            Assert.StartsWith($"run: the backup {Archive} could not be made: ", errors, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', errors);
            Assert.Equal(["data"], Left());
            Assert.NotNull(await inUse.LoadGroup("acme", "g1", default));
        }

        Assert.Null((await GivenFolder.Pending(Data)).DoubtPost);
    }

    [Fact]
    public async Task A_full_disk_at_the_restore_leaves_nothing()
    {
        await GivenFolder.WithOnePending(Data);
        Take();
        string target = _folder.PathOf("target");
        var (exit, errors) = await Limited(100, "restore", "--file", Archive, "--data", target);
        Assert.True(exit == 1, errors);
        Assert.StartsWith("run: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        Assert.False(Directory.Exists(target));
    }

    public void Dispose() => _folder.Dispose();

    private BackupManifest Take(bool force = false)
    {
        using var backup = new Backup(Data, Archive, force, TimeProvider.System);
        return backup.Take();
    }

    private void Refused(string why) => Assert.Contains(why, RefusalOf(new Backup(Data, Archive, false, TimeProvider.System)), StringComparison.Ordinal);

    private static string RefusalOf(Backup backup)
    {
        using (backup)
        {
            var refusal = Assert.Throws<StartRefusedException>(backup.Take);
            Assert.DoesNotContain('\n', refusal.Message);
            return refusal.Message;
        }
    }

    private string[] Left() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    /// <summary>The program with no file allowed to grow beyond so many KiB: to a writer, a disk that is full at that point.</summary>
    private static async Task<(int Exit, string Errors)> Limited(int kilobytes, params string[] arguments)
    {
        SqliteConnection.ClearAllPools();
        var start = new ProcessStartInfo("bash", ["-c", $"ulimit -f {kilobytes}; exec \"$0\" \"$@\"", Path.Combine(AppContext.BaseDirectory, "threadgrains"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The runtime maps its code through a file of its own, which the limit would forbid as well.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, (await errors).Trim() + await output);
    }
}
