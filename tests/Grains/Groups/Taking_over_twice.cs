using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Grains.Groups;

namespace ThreadGrains.Grains.Tests.Groups;

/// <summary>Two activations that fence each other off do not do so for ever.</summary>
public sealed class Taking_over_twice
{
    private static readonly Guid Group = Guid.Parse("019b0000-0000-7000-8000-000000000001");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task The_first_take_over_waits_for_nothing()
    {
        var takeOvers = new TakeOvers(_clock, () => 0.5);
        Assert.True(takeOvers.Wait(Group, CancellationToken.None).IsCompleted);
        takeOvers.Happened(Guid.Parse("019b0000-0000-7000-8000-000000000002"));
        Assert.True(takeOvers.Wait(Group, CancellationToken.None).IsCompleted);
        takeOvers.Happened(Group);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await takeOvers.Wait(Group, CancellationToken.None);
    }

    [Fact]
    public async Task The_second_within_two_seconds_waits_a_random_part_of_a_second()
    {
        var takeOvers = new TakeOvers(_clock, () => 0.4);
        takeOvers.Happened(Group);
        _clock.Advance(TimeSpan.FromSeconds(1.9));
        var wait = takeOvers.Wait(Group, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(0.39));
        Assert.False(wait.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.01));
        await wait;
    }

    [Fact]
    public async Task An_owner_that_was_fenced_off_at_once_waits_before_it_takes_over_again()
    {
        var takeOvers = new TakeOvers(_clock, () => 0.4);
        int writes = 0;
        Task Write(GroupOwnership ownership) => ownership.Write(
            _ => Task.FromResult(++writes), _ => FenceVerdict.Held, CancellationToken.None);
        GroupOwnership Owner()
        {
            var ownership = new GroupOwnership("silo", () => { }, takeOvers);
            ownership.Loaded(Group, 1);
            return ownership;
        }

        using var first = Owner();
        await Write(first);
        using var second = Owner();
        var taking = Write(second);
        Assert.Equal((false, 1), (taking.IsCompleted, writes));
        _clock.Advance(TimeSpan.FromSeconds(0.4));
        await taking;
        Assert.Equal(2, writes);
    }
}
