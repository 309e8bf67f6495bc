using System.Runtime.InteropServices;

namespace ThreadGrains.SlackEmulator.Hosting;

/// <summary>The process that started the emulator and named itself: when it is gone, the emulator ends too.</summary>
internal static partial class Launcher
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Asks the emulator to stop once its parent is another process than this one.</summary>
    public static async Task EndWith(int launcher, IHostApplicationLifetime life, TimeProvider clock)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (Parent() == launcher && !life.ApplicationStopping.IsCancellationRequested) await timer.WaitForNextTickAsync();
        life.StopApplication();
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int Parent();
}
