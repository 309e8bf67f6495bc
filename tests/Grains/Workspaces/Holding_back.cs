using CsCheck;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>The circuit breaker of a workspace.</summary>
public class Holding_back
{
    private readonly CircuitBreaker _breaker = new();
    private DateTimeOffset _now = Given.Now;

    private bool Post(bool? answer)
    {
        Assert.Null(_breaker.Ask(_now));
        return _breaker.End(answer, _now);
    }

    private void Open()
    {
        for (int i = 1; i <= CircuitBreaker.TooMany; i++)
        {
            Assert.Equal(i == CircuitBreaker.TooMany, Post(false));
        }
    }

    [Fact]
    public void Half_of_the_last_twenty_without_an_answer_hold_back_the_rest()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.False(Post(i % 20 < 9 ? false : true));
        }

        Assert.Null(_breaker.OpenSince);
        Assert.False(Post(null));
        Open();
        Assert.Equal(_now, _breaker.OpenSince);
        Assert.Equal(_now + CircuitBreaker.ProbeEvery, _breaker.Ask(_now));
    }

    [Fact]
    public void One_probe_goes_every_five_seconds()
    {
        Open();
        for (int i = 0; i < 5; i++)
        {
            _now += CircuitBreaker.ProbeEvery;
            Assert.Null(_breaker.Ask(_now));
            _breaker.TakeProbe(_now);
            Assert.Equal(_now + CircuitBreaker.ProbeEvery, _breaker.Ask(_now));
            Assert.False(_breaker.End(false, _now));
        }
    }

    [Fact]
    public void Three_in_a_row_that_go_through_end_it()
    {
        Open();
        _now += CircuitBreaker.ProbeEvery;
        Assert.False(Post(true));
        Assert.False(Post(true));
        Assert.False(Post(false));
        Assert.False(Post(true));
        Assert.False(Post(true));
        Assert.True(Post(true));
        Assert.Null(_breaker.OpenSince);
        // What was before is forgotten: one more without an answer does not open it again.
        Assert.False(Post(false));
        Assert.Null(_breaker.OpenSince);
    }

    [Fact]
    public void By_hand_the_next_probe_goes_at_once()
    {
        Open();
        Assert.NotNull(_breaker.Ask(_now));
        _breaker.Hasten(_now);
        Assert.Null(_breaker.Ask(_now));
    }

    /// <summary>However long posts are under way, an outage brings no more into doubt than were under way, those that opened the breaker, and its probes.</summary>
    [Fact]
    public void An_outage_makes_few_doubts() =>
        Gen.Select(Gen.Int[0, 9000].Array[400], Gen.Int[1, 400]).Sample((lengths, askers) =>
        {
            var breaker = new CircuitBreaker();
            var bound = new PostsUnderWay();
            var threads = Array.ConvertAll(lengths, _ => Guid.NewGuid());
            var underWay = new PriorityQueue<int, DateTimeOffset>();
            int begun = 0;
            var end = Given.Now.AddSeconds(60);
            for (var now = Given.Now; now < end; now += TimeSpan.FromMilliseconds(50))
            {
                while (underWay.TryPeek(out int ended, out var over) && over <= now)
                {
                    underWay.Dequeue();
                    bound.End(threads[ended], now);
                    breaker.End(false, now);
                }

                for (int i = 0; i < askers && begun < lengths.Length && (breaker.Ask(now) ?? bound.Ask($"{i}", threads[begun], now)) is null; i++)
                {
                    breaker.TakeProbe(now);
                    bound.Begin($"{i}", threads[begun], now);
                    underWay.Enqueue(begun, now.AddMilliseconds(lengths[begun++]));
                }
            }

            Assert.InRange(begun, CircuitBreaker.TooMany, PostsUnderWay.Most + CircuitBreaker.TooMany + (60 / 5));
        }, iter: 100);
}
