using System.Globalization;
using System.Runtime.InteropServices;
using ThreadGrains.Ledger;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Backups;

/// <summary><c>./run backup</c> and <c>./run restore</c>: one line that tells what was done, or why it could not be.</summary>
internal static class BackupCommands
{
    /// <param name="arguments">The file, then <c>--data DIR</c> and <c>--force</c>; the script checks names and forms.</param>
    /// <returns>0: done; 1: not done, nothing is left of it.</returns>
    public static Task<int> Backup(string[] arguments) => Told(async () =>
    {
        var asked = BackupOptions.Read(arguments);
        using var backup = new Backup(asked.Data, asked.File, asked.Force, TimeProvider.System);
        // Whoever breaks it off is left with nothing half done; the signal then ends the process as ever.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => backup.Dispose());
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => backup.Dispose());
        var manifest = backup.Take();
        await Console.Out.WriteLineAsync(
            $"Backed up {asked.Data} to {asked.File}: {Counted(manifest)}, {new FileInfo(asked.File).Length.ToString(CultureInfo.InvariantCulture)} bytes. Secrets are not in it: keep secrets.json and your settings, too.");
    });

    /// <param name="arguments">The file, then <c>--data DIR</c>.</param>
    /// <returns>0: done; 1: not done, the folder is as it was.</returns>
    public static Task<int> Restore(string[] arguments) => Told(async () =>
    {
        var asked = BackupOptions.Read(arguments);
        var (manifest, begun) = await new Restore(asked.Data, asked.File, TimeProvider.System).Run();
        await Console.Out.WriteLineAsync(
            $"Restored {asked.Data} from {asked.File}, taken {manifest.TakenAt.ToString("u", CultureInfo.InvariantCulture)}: {Counted(manifest)}. {Began(begun)}");
    });

    /// <summary>What a restored ledger will do, in a sentence.</summary>
    public static string Began(RestoreOutcome.Begun begun) =>
        $"Looked for in Slack before anything is sent: {begun.Pending + begun.InDoubt} unfinished, {begun.Dead} dead if replayed; {begun.Parents} announcements are edited to the restored state.";

    /// <summary>SIGXFSZ, which .NET has no name for; 25 on Linux and on the BSDs.</summary>
    private const PosixSignal FileSizeExceeded = (PosixSignal)25;

    private static string Counted(BackupManifest manifest) =>
        $"{manifest.Groups} groups, {manifest.Activities} activities, {manifest.Unfinished} deliveries unfinished";

    private static async Task<int> Told(Func<Task> command)
    {
        // A limit of file sizes (ulimit -f) is as good as a full disk: the write shall fail, not the process.
        using var tooLarge = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(FileSizeExceeded, signal => signal.Cancel = true);
        try
        {
            await command();
            return 0;
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync($"run: {refused.Message}");
            return 1;
        }
    }
}

/// <summary>What a backup or restore was asked for.</summary>
internal sealed class BackupOptions
{
    /// <summary>The archive.</summary>
    public string File { get; set; } = "";

    /// <summary>The data folder.</summary>
    public string Data { get; set; } = "data";

    /// <summary>Replace an archive that exists.</summary>
    public bool Force { get; set; }

    public static BackupOptions Read(string[] arguments)
    {
        var options = new ConfigurationBuilder().AddCommandLine(arguments).Build().Get<BackupOptions>() ?? new BackupOptions();
        (options.File, options.Data) = (Path.GetFullPath(options.File), Path.GetFullPath(options.Data));
        return options;
    }
}
