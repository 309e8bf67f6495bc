using ThreadGrains.Grains.Delivery;

namespace ThreadGrains.Grains.Tests.Delivery;

public sealed class What_a_failure_means
{
    private static readonly double[] Longer = [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10];
    private static readonly double[] UpToASecond = [0.2, 0.4, 0.8, 1, 1, 1, 1, 1];

    [Fact]
    public void What_is_broken_is_tried_ever_less_often() => Assert.Equal(Longer, Pauses(new InvalidOperationException("broken")));

    [Fact]
    public void One_who_is_away_is_asked_again_within_a_second() => Assert.All(
        (Exception[])[new SiloUnavailableException("gone"), new TimeoutException("no answer"), new OperationCanceledException("expired before it was placed")],
        away => Assert.Equal(UpToASecond, Pauses(away)));

    private static IEnumerable<double> Pauses(Exception error) => Enumerable.Range(0, 8).Select(before => Setback.Pause(error, before).TotalSeconds);
}
