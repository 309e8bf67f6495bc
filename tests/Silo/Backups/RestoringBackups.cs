using System.IO.Compression;
using System.Text.Json.Nodes;
using ThreadGrains.Ledger;
using ThreadGrains.Silo.Tests.Processes;
using ThreadGrains.Standalone.Backups;

namespace ThreadGrains.Silo.Tests.Backups;

/// <summary>./run restore and --restored: what comes back never posts unread, and what cannot come back leaves nothing.</summary>
public sealed class RestoringBackups : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.PathOf("data");

    private string Target => _folder.PathOf("target");

    private string Archive => _folder.PathOf("backup.zip");

    [Fact]
    public async Task What_was_pending_is_back_and_is_looked_for_before_it_is_sent()
    {
        await Taken();
        var (manifest, begun) = await Restore();
        Assert.Equal((1L, new RestoreOutcome.Begun(1, 0, 0, 0)), (manifest.Unfinished, begun));
        Assert.NotNull((await GivenFolder.Pending(Target)).DoubtPost);
        Assert.Null((await GivenFolder.Pending(Data)).DoubtPost);
        Assert.DoesNotContain("restoring", Directory.EnumerateFileSystemEntries(Target).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));
        }
    }

    [Fact]
    public async Task A_backup_of_an_older_schema_is_brought_to_this_one()
    {
        await GivenFolder.WithOnePending(Data);
        string ledger = Path.Combine(Data, "ledger.db");
        GivenFolder.Execute(ledger, "alter table post drop column restored");
        GivenFolder.Execute(ledger, "delete from SchemaVersions where ScriptName like '%0003%'");
        Take();
        await Restore();
        Assert.NotNull((await GivenFolder.Pending(Target)).DoubtPost);
    }

    [Theory]
    [InlineData("ledger.db")]
    [InlineData("grains.db")]
    public async Task A_newer_schema_is_refused_and_named(string database)
    {
        await GivenFolder.WithOnePending(Data);
        GivenFolder.Execute(Path.Combine(Data, database), "insert into SchemaVersions (ScriptName, Applied) values ('9999_future.sql', '2030-01-01')");
        Take();
        await Refused("whose schema this version does not know (9999_future.sql). Restore it with that version.");
    }

    [Theory]
    [InlineData("ledger.db")]
    [InlineData("grains.db")]
    public async Task A_newer_schema_is_refused_even_if_the_manifest_does_not_tell(string database)
    {
        await GivenFolder.WithOnePending(Data);
        GivenFolder.Execute(Path.Combine(Data, database), "insert into SchemaVersions (ScriptName, Applied) values ('9999_future.sql', '2030-01-01')");
        Take();
        Manifest(manifest => manifest[database[..^3]]!["schema"] = new JsonArray());
        await Refused("written by a newer version");
    }

    [Fact]
    public async Task A_newer_format_is_refused_whatever_else_it_says()
    {
        await Taken();
        Manifest(manifest =>
        {
            manifest.Clear();
            manifest["format"] = 2;
        });
        await Refused("has format 2; this version reads up to 1");
    }

    [Theory]
    [InlineData("""{"format":1}""")]
    [InlineData("""{"format":"1"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("not json")]
    public async Task A_manifest_that_is_none_is_said_so(string text)
    {
        await Taken();
        Replace("manifest.json", text);
        await Refused("is no backup of ThreadGrains, or damaged");
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("ledger.db")]
    [InlineData("grains.db")]
    public async Task A_part_that_is_missing_is_named(string name)
    {
        await Taken();
        Replace(name, null);
        await Refused($"it holds no {name}");
    }

    [Fact]
    public async Task Another_database_in_its_place_is_noticed()
    {
        await Taken();
        Replace("ledger.db", new string('x', 5000));
        await Refused("ledger.db cannot be read");
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_or_changed_anywhere_is_refused_or_harmless()
    {
        await Taken();
        byte[] sound = await File.ReadAllBytesAsync(Archive);
        int refused = 0;
        for (int i = 0; i < 40; i++)
        {
            byte[] damaged = i % 4 == 0 ? sound[..(sound.Length * i / 40)] : [.. sound];
            if (i % 4 != 0)
            {
                damaged[sound.Length * i / 40] ^= 0xff;
            }

            await File.WriteAllBytesAsync(Archive, damaged);
            try
            {
                await Restore();
                await GivenFolder.Pending(Target);           // a byte that means nothing
                Directory.Delete(Target, recursive: true);
            }
            catch (StartRefusedException refusal)
            {
                refused++;
                Assert.DoesNotContain('\n', refusal.Message);
                Assert.False(Directory.Exists(Target), refusal.Message);
            }
        }

        Assert.True(refused >= 35, $"{refused} of 40 were refused");
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_no_archive_is_said_so()
    {
        await Refused($"{Archive} is not there");
        await File.WriteAllTextAsync(Archive, "hello");
        await Refused("is no backup of ThreadGrains");
    }

    [Theory]
    [InlineData("ledger.db")]
    [InlineData("ledger.db-wal")]
    [InlineData("grains.db")]
    public async Task A_folder_with_databases_is_left_as_it_is(string name)
    {
        await Taken();
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, name), "precious");
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(Restore);
        Assert.Contains($"{Target} holds {name} already; restore into another folder (--data), or move the databases away", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Path.Combine(Target, name)));
    }

    [Fact]
    public async Task A_folder_that_is_in_use_is_refused()
    {
        await Taken();
        using var held = DataFolder.Claim(Target);
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(Restore);
        Assert.Contains($"is held by process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
        refusal = await Assert.ThrowsAsync<StartRefusedException>(() => Standalone.Backups.Restore.Begin(Data + "/none", TimeProvider.System));
        Assert.Contains("there is no ledger", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_put_back_by_other_means_is_told_by_hand_and_again_without_harm()
    {
        await GivenFolder.WithOnePending(Data);
        Assert.Equal(new RestoreOutcome.Begun(1, 0, 0, 0), await Standalone.Backups.Restore.Begin(Data, TimeProvider.System));
        Assert.Equal(new RestoreOutcome.Begun(0, 0, 0, 0), await Standalone.Backups.Restore.Begin(Data, TimeProvider.System));
        Assert.NotNull((await GivenFolder.Pending(Data)).DoubtPost);
    }

    [Fact]
    public async Task The_program_tells_in_one_line_what_it_did_or_why_not()
    {
        await GivenFolder.WithOnePending(Data);
        await using var backup = StartedProcess.ThreadGrains(new Dictionary<string, string>(), "backup", "--file", Archive, "--data", Data);
        Assert.Equal(0, await backup.Exit());
        Assert.StartsWith($"Backed up {Data} to {Archive}: 1 groups, 1 activities, 1 deliveries unfinished", backup.Output, StringComparison.Ordinal);
        await using var restore = StartedProcess.ThreadGrains(new Dictionary<string, string>(), "restore", "--file", Archive, "--data", Target);
        Assert.Equal(0, await restore.Exit());
        Assert.StartsWith($"Restored {Target} from {Archive}, taken ", restore.Output, StringComparison.Ordinal);
        Assert.Contains("Looked for in Slack before anything is sent: 1 unfinished", restore.Output, StringComparison.Ordinal);
        await using var again = StartedProcess.ThreadGrains(new Dictionary<string, string>(), "restore", "--file", Archive, "--data", Target);
        Assert.Equal(1, await again.Exit());
        Assert.Equal($"run: {Target} holds ledger.db already; restore into another folder (--data), or move the databases away first.", again.Errors);
    }

    public void Dispose() => _folder.Dispose();

    private async Task Taken()
    {
        await GivenFolder.WithOnePending(Data);
        Take();
    }

    private void Take()
    {
        using var backup = new Backup(Data, Archive, force: false, TimeProvider.System);
        backup.Take();
    }

    private Task<(BackupManifest Manifest, RestoreOutcome.Begun Begun)> Restore() => new Restore(Target, Archive, TimeProvider.System).Run();

    private async Task Refused(string why)
    {
        var refusal = await Assert.ThrowsAsync<StartRefusedException>(Restore);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.False(Directory.Exists(Target));
    }

    private void Manifest(Action<JsonObject> change)
    {
        JsonObject manifest;
        using (var zip = ZipFile.OpenRead(Archive))
        using (var read = zip.GetEntry("manifest.json")!.Open())
        {
            manifest = JsonNode.Parse(read)!.AsObject();
        }

        change(manifest);
        Replace("manifest.json", manifest.ToJsonString());
    }

    private void Replace(string name, string? text)
    {
        using var zip = ZipFile.Open(Archive, ZipArchiveMode.Update);
        zip.GetEntry(name)!.Delete();
        if (text is not null)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
