using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>The order of a thread's steps (design 5.3 and 5.4).</summary>
public class What_comes_next
{
    private static DeliveryStep Next(ThreadWork work) => DeliveryEngine.Next(work, Given.Rules);

    [Fact]
    public void Nothing_due_means_nothing_at_all() => Assert.Equal(new DeliveryStep.Wait(null), Next(Given.Work));

    [Fact]
    public void The_head_that_is_due_is_posted_alone()
    {
        var step = Assert.IsType<DeliveryStep.Post>(Next(Given.With(Given.Reply, Given.Reply with { Id = Given.Id(12), Position = 3 })));
        Assert.Equal(Given.Reply.Id, Assert.Single(step.Members).Id);
        Assert.Equal(PostKind.Reply, step.Kind);
    }

    [Fact]
    public void A_root_is_posted_as_a_root() =>
        Assert.Equal(PostKind.Root, Assert.IsType<DeliveryStep.Post>(Next(Given.With(Given.Root))).Kind);

    [Fact]
    public void A_recap_goes_as_one_and_waits_while_anything_of_the_former_thread_is_open()
    {
        var work = Given.With(Given.Reply with { Kind = DeliveryKind.Recap }) with { Recap = new RecapWork([], 1, Waits: false) };
        Assert.Equal(PostKind.Recap, Assert.IsType<DeliveryStep.Post>(Next(work)).Kind);
        Assert.Equal(new DeliveryStep.Wait(Given.Now + Given.Rules.Times.RecapPoll), Next(work with { Recap = work.Recap! with { Waits = true } }));
    }

    [Fact]
    public void A_head_that_waits_for_its_retry_holds_back_what_follows()
    {
        var due = Given.Now.AddSeconds(30);
        Assert.Equal(new DeliveryStep.Wait(due), Next(Given.With(Given.Reply with { DueAt = due }, Given.Reply with { Id = Given.Id(12), Position = 3 })));
    }

    [Fact]
    public void A_post_under_way_is_left_alone_until_its_deadline()
    {
        var work = Given.With(Given.Reply with { Position = 3 }) with { InFlight = Given.Post };
        Assert.Equal(new DeliveryStep.Wait(Given.Post.NotAfter), Next(work));
    }

    [Fact]
    public void After_its_deadline_nobody_knows_and_the_first_look_waits_for_the_socket_bound()
    {
        var late = Given.Post with { NotAfter = Given.Now };
        Assert.Equal(new DeliveryStep.BeginDoubt(late, Given.Now.AddSeconds(15)), Next(Given.Work with { InFlight = late }));
    }

    [Fact]
    public void A_doubt_is_read_when_its_time_has_come_and_not_before()
    {
        Assert.Equal(new DeliveryStep.Read(Given.Doubtful), Next(Given.Work with { InFlight = Given.Doubtful }));
        var later = Given.Doubtful with { ReadAt = Given.Now.AddSeconds(1) };
        Assert.Equal(new DeliveryStep.Wait(Given.Now.AddSeconds(1)), Next(Given.Work with { InFlight = later }));
    }

    [Fact]
    public void Evidence_of_the_post_in_flight_ends_it_at_once()
    {
        var seen = new ObservationRow(Given.Id(30), Given.Doubtful.Id, "1700000001.000100", "event");
        Assert.Equal(new DeliveryStep.EndObservation(seen.Id), Next(Given.Work with { InFlight = Given.Doubtful, Observations = [seen] }));
    }

    [Fact]
    public void Evidence_of_an_earlier_attempt_waits_until_the_doubt_has_been_read_to_its_end()
    {
        var seen = new ObservationRow(Given.Id(30), Given.Id(99), "1700000001.000100", "read");
        Assert.IsType<DeliveryStep.Read>(Next(Given.Work with { InFlight = Given.Doubtful, Observations = [seen] }));
        Assert.IsType<DeliveryStep.EndObservation>(Next(Given.Work with { Observations = [seen] }));
    }

    [Fact]
    public void A_clean_up_goes_before_the_next_post_and_also_in_a_closed_thread()
    {
        var cleanup = new CleanupRow(Given.Id(40), "C1", "1700000002.000100", "orphan", Given.Now, 0);
        Assert.IsType<DeliveryStep.CleanUp>(Next(Given.With(Given.Reply) with { Cleanups = [cleanup] }));
        Assert.IsType<DeliveryStep.CleanUp>(Next(Given.Work with { Thread = Given.Thread with { State = ThreadState.Closed }, Cleanups = [cleanup] }));
    }

    [Fact]
    public void Nothing_is_posted_into_a_closed_thread() =>
        Assert.Equal(new DeliveryStep.Wait(null), Next(Given.With(Given.Reply) with { Thread = Given.Thread with { State = ThreadState.Closed } }));

    [Fact]
    public void A_foreign_parent_is_looked_up_before_anything_is_posted() =>
        Assert.IsType<DeliveryStep.LookUp>(Next(Given.With(Given.Reply) with { Thread = Given.Thread with { Adopted = true, LookedUp = false } }));

    [Fact]
    public void What_died_in_doubt_and_is_replayed_is_read_before_it_is_sent() =>
        Assert.Equal(new DeliveryStep.Reopen(Given.Id(77), Given.Now), Next(Given.With(Given.Reply with { DoubtPost = Given.Id(77) })));

    [Fact]
    public void What_waits_for_a_parked_channel_longer_than_allowed_expires()
    {
        var old = Given.Reply with { Activity = Given.Activity with { AcceptedAt = Given.Now.AddDays(-8) } };
        Assert.IsType<DeliveryStep.Expire>(Next(Given.With(old) with { Thread = Given.Thread with { Parked = "is_archived" } }));
        Assert.IsType<DeliveryStep.Post>(Next(Given.With(old)));
    }

    [Fact]
    public void Looking_for_a_second_copy_comes_last()
    {
        var sent = Given.Post with { State = PostState.Sent, VerifyAt = Given.Now };
        Assert.IsType<DeliveryStep.Post>(Next(Given.With(Given.Reply) with { Verify = sent }));
        Assert.IsType<DeliveryStep.Verify>(Next(Given.Work with { Verify = sent }));
        Assert.Equal(new DeliveryStep.Wait(Given.Now.AddSeconds(1)), Next(Given.Work with { Verify = sent with { VerifyAt = Given.Now.AddSeconds(1) } }));
    }

    [Fact]
    public void There_are_two_verifications_a_minute_and_ten_minutes_after_the_post()
    {
        var sent = Given.Post with { State = PostState.Sent, ClaimedAt = Given.Now, VerifyAt = Given.Now.AddSeconds(60) };
        var second = DeliveryEngine.AfterVerification(sent, Given.Now.AddSeconds(61), Given.Rules);
        Assert.Equal(Given.Now.AddMinutes(10), second);
        Assert.Null(DeliveryEngine.AfterVerification(sent with { VerifyAt = second }, Given.Now.AddMinutes(11), Given.Rules));
    }
}
