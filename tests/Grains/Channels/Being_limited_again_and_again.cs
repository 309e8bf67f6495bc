using CsCheck;
using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Channels;

/// <summary>A limiter that refuses and names a wait that is over, for as long as it likes: no lane calls it round and round.</summary>
public class Being_limited_again_and_again
{
    private static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void A_channel_is_posted_to_less_and_less_often() => Rarely(new ChannelCalls(new ChannelLane(new PacingOptions())), together: 3);

    [Fact]
    public void Posts_of_a_workspace_go_less_and_less_often() => Rarely(new WorkspaceCalls((lane, who, now) => lane.TakePost(who, Guid.Empty, now), (lane, now) => lane.Throttled(TimeSpan.Zero, now)), together: 10);

    [Fact]
    public void Posts_of_a_workspace_without_a_ceiling_go_less_and_less_often() =>
        Rarely(new WorkspaceCalls((lane, who, now) => lane.TakePost(who, Guid.Empty, now), (lane, now) => lane.Throttled(TimeSpan.Zero, now), new PacingOptions { WorkspacePerMinute = 0 }), together: 10, isPaced: false);

    [Fact]
    public void Edits_go_less_and_less_often() => Rarely(new WorkspaceCalls((lane, who, now) => lane.TakeEdit(who, now), (lane, now) => lane.CallsThrottled(edits: true, TimeSpan.Zero, now)), together: 10);

    [Fact]
    public void Reads_go_less_and_less_often() =>
        Rarely(new WorkspaceCalls((lane, who, now) => lane.TakeRead(who, new ReadRank(Given.Now), now), (lane, now) => lane.CallsThrottled(edits: false, TimeSpan.Zero, now)), together: 10);

    [Fact]
    public void Reads_without_a_ceiling_go_less_and_less_often() =>
        Rarely(new WorkspaceCalls((lane, who, now) => lane.TakeRead(who, new ReadRank(Given.Now), now), (lane, now) => lane.CallsThrottled(edits: false, TimeSpan.Zero, now), new PacingOptions { ReadsPerMinute = 0 }), together: 10, isPaced: false);

    [Fact]
    public void A_refused_call_counts_against_the_ceiling()
    {
        var lane = new Pacer(0.1, 1);
        Assert.Null(lane.Take("a", Given.Now));
        lane.Throttled(TimeSpan.Zero, Given.Now.AddMilliseconds(100));
        Assert.True(lane.Take("a", Given.Now.AddSeconds(1)) >= Given.Now.AddSeconds(10));
    }

    [Fact]
    public void A_call_that_is_taken_ends_the_series()
    {
        var lane = new Pacer(1, 1);
        var now = Given.Now;
        for (int i = 0; i < 5; i++)
        {
            now += lane.Throttled(TimeSpan.Zero, now);
        }

        lane.Succeeded();
        Assert.Equal(LimitedPause.FirstFloor, lane.Throttled(TimeSpan.Zero, now));
    }

    [Fact]
    public void A_longer_wait_that_is_demanded_is_obeyed_to_the_second()
    {
        var lane = new Pacer(1, 3);
        Assert.Equal(TimeSpan.FromSeconds(30), lane.Throttled(TimeSpan.FromSeconds(30), Given.Now));
        Assert.Equal(TimeSpan.FromSeconds(30), lane.Throttled(TimeSpan.FromSeconds(30), Given.Now.AddSeconds(30)));
    }

    /// <summary>Whatever a limiter answers and when: in no stretch of time do more calls go than ceiling and burst allow, refused ones included.</summary>
    [Fact]
    public void Whatever_the_limiter_says_the_ceiling_holds() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 400], Gen.Int[-1, 3], Gen.Bool).Array[1, 200]).Sample((perSecond, burst, asks) =>
        {
            var lane = new Pacer(perSecond, burst);
            var now = Given.Now;
            var went = new List<DateTimeOffset>();
            foreach (var (asker, pause, retryAfter, refused) in asks)
            {
                now = now.AddMilliseconds(pause);
                if (lane.Take($"{asker}", now) is null)
                {
                    went.Add(now);
                    if (refused)
                    {
                        lane.Throttled(retryAfter < 0 ? null : TimeSpan.FromSeconds(retryAfter), now);
                    }
                    else
                    {
                        lane.Succeeded();
                    }
                }
            }

            for (int i = 0; i < went.Count; i++)
            {
                for (int j = i; j < went.Count; j++)
                {
                    // Places that were given but not used in time may go late together: the burst is counted on places.
                    Assert.True(j - i + 1 <= burst + 8 + ((went[j] - went[i]).TotalSeconds * perSecond) + 0.001);
                }
            }
        }, iter: 200);

    /// <summary>Plays an hour in which every call is refused with "0 seconds", some forty milliseconds after it went.</summary>
    private static void Rarely(Calls lane, int together, bool isPaced = true)
    {
        var went = new List<DateTimeOffset>();
        var come = new PriorityQueue<string, (DateTimeOffset, string)>(Enumerable.Range(0, 10).Select(i => ($"{i}", (Given.Now, $"{i}"))));
        var refusals = new PriorityQueue<string, DateTimeOffset>();
        while (come.TryPeek(out string? who, out var turn) && turn.Item1 < Given.Now.AddHours(1))
        {
            while (refusals.TryPeek(out string? refused, out var at) && at <= turn.Item1)
            {
                refusals.Dequeue();
                lane.Refused(at);
                come.Enqueue(refused, (at, refused));
            }

            if (!come.TryPeek(out who, out turn))
            {
                break;
            }

            come.Dequeue();
            if (lane.Take(who, turn.Item1) is { } later)
            {
                Assert.True(later > turn.Item1);
                come.Enqueue(who, (later, who));
            }
            else
            {
                went.Add(turn.Item1);
                refusals.Enqueue(who, turn.Item1 + Answer);
            }

            if (come.Count == 0 && refusals.TryDequeue(out string? last, out var moment))
            {
                lane.Refused(moment);
                come.Enqueue(last, (moment, last));
            }
        }

        // Pauses of 1, 2, 4, 8, 16 and 32 s. Without a ceiling all that wait go after each.
        Assert.InRange(went.Count(at => at < Given.Now.AddSeconds(40)), 1, isPaced ? 9 + together : 6 * together);
        Assert.InRange(went.Count, 30, 70 * together);
        Assert.True(went[^1] - went[^(together + 1)] >= TimeSpan.FromSeconds(55));
    }

    private abstract class Calls
    {
        public abstract DateTimeOffset? Take(string who, DateTimeOffset now);

        public abstract void Refused(DateTimeOffset now);
    }

    private sealed class ChannelCalls(ChannelLane lane) : Calls
    {
        private readonly Dictionary<string, Guid> _threads = [];

        public override DateTimeOffset? Take(string who, DateTimeOffset now)
        {
            var thread = _threads.TryGetValue(who, out var known) ? known : _threads[who] = Given.Id(_threads.Count);
            if (lane.Ask(thread, new Health(), now) is PermitAnswer.NotBefore later)
            {
                return later.At;
            }

            lane.Answered(thread, new PermitAnswer.Granted(now), now);
            return null;
        }

        public override void Refused(DateTimeOffset now) => lane.Throttled(TimeSpan.Zero, now);
    }

    private sealed class WorkspaceCalls(Func<WorkspaceLane, string, DateTimeOffset, DateTimeOffset?> take, Action<WorkspaceLane, DateTimeOffset> refused, PacingOptions? pacing = null) : Calls
    {
        private readonly WorkspaceLane _lane = new(pacing ?? new PacingOptions());

        public override DateTimeOffset? Take(string who, DateTimeOffset now) => take(_lane, who, now);

        public override void Refused(DateTimeOffset now) => refused(_lane, now);
    }
}
