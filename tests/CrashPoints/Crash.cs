using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>Plays a case and demands that everything stands as it was promised.</summary>
internal static class Crash
{
    /// <summary>Started when the first case asks, and ended with this process.</summary>
    private static readonly Lazy<Task<RunningEmulator>> Emulator = new(async () =>
    {
        var emulator = await RunningEmulator.Start();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => emulator.Dispose();
        return emulator;
    });

    /// <summary>On SQLite, where the same program is started again on the same folder.</summary>
    public static Task IsOutlived(Story story, string point) => IsOutlived(story, point, NextOwner.SameOnSqlite);

    public static async Task IsOutlived(Story story, string point, NextOwner next)
    {
        var verdict = await CrashRun.Of(new CrashCase(story, CrashPoint.Parse(point), next), await Emulator.Value);
        Assert.True(verdict.IsAsPromised, verdict.ToString());
    }
}
