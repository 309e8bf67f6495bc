using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>Plays a case and demands that everything stands as it was promised.</summary>
internal static class Crash
{
    /// <summary>On SQLite, where the same program is started again on the same folder.</summary>
    public static Task IsOutlived(Story story, string point) => IsOutlived(story, point, NextOwner.SameOnSqlite);

    public static async Task IsOutlived(Story story, string point, NextOwner next)
    {
        var verdict = await CrashRun.Of(new CrashCase(story, CrashPoint.Parse(point), next));
        Assert.True(verdict.IsAsPromised, verdict.ToString());
    }
}
