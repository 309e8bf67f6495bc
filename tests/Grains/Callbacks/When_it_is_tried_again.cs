using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Tests.Callbacks;

/// <summary>The retry table of docs/callbacks.md.</summary>
public class When_it_is_tried_again
{
    private static readonly CallbackOptions Options = new();

    private static CallbackResult After(CallbackOutcome outcome, int tries, double chance = 1, CallbackOptions? options = null) =>
        CallbackSchedule.After(outcome, tries, Given.Now, chance, options ?? Options);

    private static TimeSpan Wait(CallbackResult result) => Assert.IsType<CallbackResult.TryAgain>(result).DueAt - Given.Now;

    [Fact]
    public void Every_outcome_has_a_rule()
    {
        CallbackOutcome[] outcomes = [new CallbackOutcome.Taken(), new CallbackOutcome.Gone(), new CallbackOutcome.Refused("404"), new CallbackOutcome.Failed("500")];
        Assert.Equal(typeof(CallbackOutcome).GetNestedTypes().Length, outcomes.Length);
        Assert.All(outcomes, outcome => Assert.NotNull(After(outcome, 1)));
        Assert.IsType<CallbackResult.Delivered>(After(outcomes[0], 99));
        Assert.Equal(new CallbackResult.Dead("gone"), After(outcomes[1], 1));
    }

    [Fact]
    public void Trouble_is_tried_again_from_seconds_to_a_day_and_then_given_up_with_its_last_status()
    {
        var trouble = new CallbackOutcome.Failed("503");
        Assert.Equal([5, 10, 20, 40], Enumerable.Range(1, 4).Select(tries => (int)Wait(After(trouble, tries)).TotalSeconds));
        Assert.Equal(TimeSpan.FromHours(24), Wait(After(trouble, 19)));
        Assert.Equal(new CallbackResult.Dead("callback_failed:503"), After(trouble, 20));
        Assert.Equal("retry:503", Assert.IsType<CallbackResult.TryAgain>(After(trouble, 1)).Reason);
        Assert.InRange(Enumerable.Range(1, 19).Sum(tries => Wait(After(trouble, tries, chance: 0.5)).TotalDays), 2.5, 4);
    }

    [Fact]
    public void A_refusal_is_given_up_within_minutes()
    {
        var refusal = new CallbackOutcome.Refused("404");
        Assert.InRange(Enumerable.Range(1, 7).Sum(tries => Wait(After(refusal, tries)).TotalMinutes), 5, 15);
        Assert.Equal(new CallbackResult.Dead("callback_failed:404"), After(refusal, 8));
        Assert.Equal(new CallbackResult.Dead("callback_failed:404"), After(refusal, 2, options: new CallbackOptions { MaxAttempts = 2 }));
    }

    [Fact]
    public void Chance_spreads_the_tries_and_never_makes_a_loop_of_them()
    {
        var trouble = new CallbackOutcome.Failed("500");
        Assert.Equal(TimeSpan.FromSeconds(0.5), Wait(After(trouble, 1, chance: 0)));
        Assert.Equal(TimeSpan.FromSeconds(2.75), Wait(After(trouble, 1, chance: 0.5)));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 5)]
    [InlineData(1_000_000, 86_400)]
    public void What_the_receiver_asks_for_is_respected_up_to_the_longest_wait(int asked, int waited) =>
        Assert.Equal(waited, (int)Wait(After(new CallbackOutcome.Failed("429", TimeSpan.FromSeconds(asked)), 1)).TotalSeconds);

    [Fact]
    public void However_many_tries_the_wait_stays_a_wait() =>
        Assert.Equal(TimeSpan.FromHours(24), Wait(After(new CallbackOutcome.Failed("500"), 99, options: new CallbackOptions { MaxAttempts = 100 })));
}
