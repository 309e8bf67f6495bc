using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace ThreadGrains.CrashPoints;

/// <summary>
/// Counts the calls to one place and says what happens to the one that is meant. It works once for all processes that share its
/// file, so that neither the same process started again nor a second silo beside it meets the same fate.
/// </summary>
/// <param name="point">The call; null: nothing ever happens.</param>
/// <param name="mark">The file that is made when the point is reached.</param>
internal sealed class KillSwitch(CrashPoint? point, string mark)
{
    private int _calls;

    /// <summary>Counts a call.</summary>
    /// <returns>What happens to it; null: nothing.</returns>
    public Fate? Meets(string place) => place == point?.Place && Interlocked.Increment(ref _calls) == point.Nth && IsFirst() ? point.Fate : null;

    /// <summary>What was planted did not hit the call: whoever reads the mark must not take this run for what it was meant to be.</summary>
    public void Missed() => File.WriteAllText(mark, "missed");

    /// <summary>SIGKILL to ourselves: nothing is flushed, closed or said.</summary>
    [DoesNotReturn]
    public static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite); // should the signal take its time, nothing goes on
        throw new UnreachableException();
    }

    private bool IsFirst()
    {
        try
        {
            File.Open(mark, FileMode.CreateNew).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
