using System.Diagnostics;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>Waits for a condition with a deadline; a timeout says what was seen last.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task<T> Get<T>(Func<Task<T>> look, Func<T, bool> good, TimeSpan patience, string what, Func<T, string>? show = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (good(seen))
            {
                return seen;
            }

            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                Assert.Fail($"{what}: not within {patience.TotalSeconds:0} s. Last seen: {(show is null ? seen : show(seen))}");
            }

            await Pause(Interval);
        }
    }

    /// <summary>The pause between two looks at a condition; the only place where tests wait on the clock.</summary>
    public static Task Pause(TimeSpan length) => Task.Delay(length);
}
