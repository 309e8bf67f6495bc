using CsCheck;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>How many posts of a workspace are under way at a time, and whose turn it is.</summary>
public class Room_under_way
{
    private readonly PostsUnderWay _posts = new();
    private DateTimeOffset _now = Given.Now;

    private List<Guid> Fill()
    {
        var threads = Enumerable.Range(0, PostsUnderWay.Most).Select(_ => Guid.NewGuid()).ToList();
        foreach (var thread in threads)
        {
            Assert.Null(_posts.Ask("first", _now));
            _posts.Begin(thread, _now);
        }

        return threads;
    }

    [Fact]
    public void It_goes_to_whoever_asked_first()
    {
        var threads = Fill();
        Assert.NotNull(_posts.Ask("early", _now));
        Assert.NotNull(_posts.Ask("late", _now));
        _posts.End(threads[0]);
        Assert.NotNull(_posts.Ask("late", _now));
        Assert.NotNull(_posts.Ask("later still", _now));
        Assert.Null(_posts.Ask("early", _now));
    }

    [Fact]
    public void Who_does_not_come_back_loses_its_place()
    {
        var threads = Fill();
        var again = _posts.Ask("gone", _now);
        _posts.Ask("here", _now);
        _posts.End(threads[0]);
        _now = again!.Value.AddSeconds(1);
        Assert.NotNull(_posts.Ask("here", _now));
        _now = again.Value.AddSeconds(2.1);
        Assert.Null(_posts.Ask("here", _now));
    }

    [Fact]
    public void Posts_that_nobody_reported_on_are_forgotten()
    {
        Fill();
        Assert.NotNull(_posts.Ask("next", _now.AddSeconds(19)));
        Assert.Null(_posts.Ask("next", _now.AddSeconds(20)));
    }

    /// <summary>Posts that went down with their silo give their room back, however busy the workspace is meanwhile.</summary>
    [Fact]
    public void Lost_posts_take_no_room_for_good() =>
        Gen.Select(Gen.Int[0, PostsUnderWay.Most], Gen.Int[50, 2000]).Sample((lost, length) =>
        {
            var posts = new PostsUnderWay();
            for (int i = 0; i < lost; i++)
            {
                posts.Begin(Guid.NewGuid(), Given.Now);
            }

            var underWay = new Queue<(Guid Thread, DateTimeOffset Over)>();
            int most = 0;
            for (var now = Given.Now; now < Given.Now.AddSeconds(30); now += TimeSpan.FromMilliseconds(50))
            {
                while (underWay.TryPeek(out var post) && post.Over <= now)
                {
                    posts.End(underWay.Dequeue().Thread);
                }

                while (posts.Ask("busy", now) is null)
                {
                    var thread = Guid.NewGuid();
                    posts.Begin(thread, now);
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
        _posts.End(threads[0]);
        _posts.Begin(threads[1], _now);
        Assert.Null(_posts.Ask("next", _now));
    }
}
