using CsCheck;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>How many posts of a workspace are under way at a time, and whose turn it is.</summary>
public class Room_under_way
{
    private readonly PostsUnderWay _posts = new();
    private DateTimeOffset _now = Given.Now;

    private DateTimeOffset? Ask(string channel, DateTimeOffset now) => _posts.Ask(channel, Guid.NewGuid(), now);

    private List<Guid> Fill()
    {
        var threads = Enumerable.Range(0, PostsUnderWay.Most).Select(_ => Guid.NewGuid()).ToList();
        foreach (var thread in threads)
        {
            Assert.Null(Ask("first", _now));
            _posts.Begin("first", thread, _now);
        }

        return threads;
    }

    [Fact]
    public void It_goes_to_whoever_asked_first()
    {
        var threads = Fill();
        Assert.NotNull(Ask("early", _now));
        Assert.NotNull(Ask("late", _now));
        _posts.End(threads[0], _now);
        Assert.NotNull(Ask("late", _now));
        Assert.NotNull(Ask("later still", _now));
        Assert.Null(Ask("early", _now));
    }

    [Fact]
    public void What_is_new_in_a_quiet_channel_does_not_wait_for_the_busy_ones()
    {
        var threads = Fill();
        Assert.NotNull(Ask("first", _now));
        _now = _now.AddSeconds(1);
        Assert.NotNull(Ask("quiet", _now));
        _posts.End(threads[0], _now);
        Assert.NotNull(Ask("first", _now));
        Assert.Null(Ask("quiet", _now));
    }

    /// <summary>A stream of channels of which each has one thing to say takes all the room, and still nobody waits for ever.</summary>
    [Fact]
    public void Quiet_channels_do_not_pass_a_busy_one_by_for_ever()
    {
        var underWay = new Queue<Guid>(Fill());
        var begun = _now;
        bool isPassedBy = true;
        for (int stranger = 0; isPassedBy; stranger++)
        {
            Assert.NotNull(Ask($"{stranger}", _now));
            _now = _now.AddMilliseconds(100);
            _posts.End(underWay.Dequeue(), _now);
            isPassedBy = Ask("first", _now) is not null;
            if (isPassedBy)
            {
                Assert.Null(Ask($"{stranger}", _now));
                underWay.Enqueue(Guid.NewGuid());
                _posts.Begin($"{stranger}", underWay.Last(), _now);
            }
        }

        Assert.InRange(_now - begun, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(12));
    }

    /// <summary>With more to post than there is room for, all channels get the same, the room is used, and few ask in vain.</summary>
    [Fact]
    public void Busy_channels_share_it_evenly_and_cheaply() =>
        Gen.Select(Gen.Int[60, 400], Gen.Int[100, 800], Gen.Int[0, 30].Array[997]).Sample((channels, length, delays) =>
        {
            var posts = new PostsUnderWay();
            var asking = new PriorityQueue<int, DateTimeOffset>(Enumerable.Range(0, channels).Select(channel => (channel, Given.Now)));
            var ending = new PriorityQueue<int, DateTimeOffset>();
            var threads = Enumerable.Range(0, channels).Select(_ => Guid.NewGuid()).ToArray();
            int[] turns = new int[channels];
            int asked = 0;
            var end = Given.Now.AddSeconds(60);
            for (var now = Given.Now; now < end; now += TimeSpan.FromMilliseconds(1))
            {
                while (ending.TryPeek(out int ended, out var over) && over <= now)
                {
                    posts.End(threads[ended], now);
                    asking.Enqueue(ending.Dequeue(), now.AddMilliseconds(delays[asked % delays.Length]));
                }

                while (asking.TryPeek(out int asks, out var due) && due <= now)
                {
                    asking.Dequeue();
                    int delay = delays[asked++ % delays.Length];
                    if (posts.Ask($"{asks}", threads[asks], now) is { } later)
                    {
                        asking.Enqueue(asks, later.AddMilliseconds(delay));
                        continue;
                    }

                    posts.Begin($"{asks}", threads[asks], now);
                    turns[asks]++;
                    ending.Enqueue(asks, now.AddMilliseconds(length + delay - 15));
                }
            }

            double possible = PostsUnderWay.Most * 60_000.0 / length;
            Assert.InRange(turns.Max() - turns.Min(), 0, 2 + (turns.Average() / 10));
            Assert.InRange(turns.Sum(), possible * 0.5, possible * 1.1);
            // Once a second while far behind, and a few times when its turn is near.
            Assert.InRange(asked, turns.Sum(), (channels * 60) + (turns.Sum() * 8));
        }, iter: 12);

    [Fact]
    public void Who_does_not_come_back_loses_its_place()
    {
        var threads = Fill();
        var again = Ask("gone", _now);
        Ask("here", _now);
        _posts.End(threads[0], _now);
        _now = again!.Value.AddSeconds(1);
        Assert.NotNull(Ask("here", _now));
        _now = again.Value.AddSeconds(2.1);
        Assert.Null(Ask("here", _now));
    }

    [Fact]
    public void Posts_that_nobody_reported_on_are_forgotten()
    {
        Fill();
        Assert.NotNull(Ask("next", _now.AddSeconds(19)));
        Assert.Null(Ask("next", _now.AddSeconds(20)));
    }

    /// <summary>Posts that went down with their silo give their room back, however busy the workspace is meanwhile.</summary>
    [Fact]
    public void Lost_posts_take_no_room_for_good() =>
        Gen.Select(Gen.Int[0, PostsUnderWay.Most], Gen.Int[50, 2000]).Sample((lost, length) =>
        {
            var posts = new PostsUnderWay();
            for (int i = 0; i < lost; i++)
            {
                posts.Begin("lost", Guid.NewGuid(), Given.Now);
            }

            var underWay = new Queue<(Guid Thread, DateTimeOffset Over)>();
            int most = 0;
            for (var now = Given.Now; now < Given.Now.AddSeconds(30); now += TimeSpan.FromMilliseconds(50))
            {
                while (underWay.TryPeek(out var post) && post.Over <= now)
                {
                    posts.End(underWay.Dequeue().Thread, now);
                }

                while (posts.Ask("busy", Guid.NewGuid(), now) is null)
                {
                    var thread = Guid.NewGuid();
                    posts.Begin("busy", thread, now);
                    underWay.Enqueue((thread, now.AddMilliseconds(length)));
                }

                most = Math.Max(most, underWay.Count);
            }

            Assert.Equal(PostsUnderWay.Most, most);
        }, iter: 50);

    [Fact]
    public void A_thread_has_one_at_a_time()
    {
        var threads = Fill();
        // Its silo died with the post before, and it posts from elsewhere now.
        _posts.End(threads[0], _now);
        _posts.Begin("other", threads[1], _now);
        Assert.Null(Ask("next", _now));
    }

    /// <summary>The activation that had been granted a turn ended before it posted: the next one needs no second turn.</summary>
    [Fact]
    public void A_thread_that_asks_again_has_its_room_still()
    {
        var threads = Fill();
        Assert.NotNull(Ask("waits", _now));
        Assert.Null(_posts.Ask("first", threads[0], _now));
        _posts.Begin("first", threads[0], _now);
        Assert.NotNull(Ask("waits", _now));
        _posts.End(threads[0], _now);
        Assert.Null(Ask("waits", _now));
    }
}
