using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Clustering;

namespace ThreadGrains.WebhookGateway.Tests.Calls;

/// <summary>What a gateway does about a grain that refuses, is silent, or answers late.</summary>
public sealed class Grains_that_do_not_answer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<string>> _asked = [];
    private readonly Turns _turns = new();
    private readonly GrainCalls _calls;

    public Grains_that_do_not_answer() => _calls = Calls(new ClusterSight());

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task One_that_is_silent_is_asked_again_and_the_second_answer_counts()
    {
        var answer = Insist();
        Pass(0.999);
        Assert.Single(_asked);
        Pass(0.002);
        Assert.Equal(2, _asked.Count);
        _asked[1].SetResult("taken");
        Pass(0.2);
        Assert.Equal("taken", await Value(answer));
    }

    [Fact]
    public async Task One_that_is_slow_still_answers_the_first_call()
    {
        var answer = Insist();
        Pass(2.5);
        Assert.Equal(2, _asked.Count);
        _asked[0].SetResult("taken");
        Assert.Equal("taken", await Value(answer));
    }

    /// <summary>Both calls were taken by one grain, one after the other, and their answers overtook each other on the way.</summary>
    [Fact]
    public async Task What_the_repetition_is_told_does_not_count_where_the_first_is_answered_too()
    {
        var answer = Insist();
        Pass(1.5);
        _asked[1].SetResult("duplicate");
        Pass(0.05);
        Assert.False(answer.IsCompleted);
        _asked[0].SetResult("taken");
        Assert.Equal("taken", await Value(answer));
    }

    [Fact]
    public async Task A_first_call_that_fails_late_does_not_spoil_the_answer_of_the_second()
    {
        var answer = Insist();
        Pass(1.5);
        _asked[1].SetResult("taken");
        _asked[0].SetException(new SiloUnavailableException());
        Assert.Equal("taken", await Value(answer));
    }

    [Fact]
    public async Task One_that_stays_silent_is_asked_three_times_and_given_up_when_the_patience_ends()
    {
        var answer = Insist();
        Pass(4.99);
        Assert.False(answer.IsCompleted);
        Assert.Equal(3, _asked.Count);
        Pass(0.02);
        await IsSilent(answer);
    }

    [Fact]
    public async Task One_that_refuses_is_asked_again_after_a_pause_that_grows_and_then_again_if_it_is_silent()
    {
        var answer = Insist();
        foreach (double pause in (double[])[0.05, 0.1, 0.2])
        {
            _asked[^1].SetException(new SiloUnavailableException());
            int before = _asked.Count;
            Pass((pause * 0.5) - 0.002);
            Assert.Equal(before, _asked.Count);
            Pass(pause + 0.004);
            Assert.Equal(before + 1, _asked.Count);
        }

        Pass(1);
        Assert.Equal(5, _asked.Count);
        _asked[4].SetResult("taken");
        Pass(0.2);
        Assert.Equal("taken", await Value(answer));
    }

    [Fact]
    public async Task One_that_refuses_to_the_end_is_given_up_without_waiting_for_a_try_that_comes_too_late()
    {
        var answer = Insist();
        var begun = _clock.GetUtcNow();
        while (!answer.IsCompleted)
        {
            if (!_asked[^1].Task.IsCompleted)
            {
                _asked[^1].SetException(new SiloUnavailableException());
            }

            Pass(0.01);
        }

        await IsSilent(answer);
        Assert.InRange(_clock.GetUtcNow() - begun, Patience - TimeSpan.FromSeconds(0.6), Patience);
    }

    [Fact]
    public async Task What_must_not_be_repeated_is_asked_once()
    {
        var silent = _turns.In(() => _calls.Ask(Ask, Patience, CancellationToken.None));
        var refused = _turns.In(() => _calls.Ask(Ask, Patience, CancellationToken.None));
        _asked[1].SetException(new SiloUnavailableException());
        await IsSilent(refused);
        Pass(4.99);
        Assert.False(silent.IsCompleted);
        Pass(0.02);
        await IsSilent(silent);
        Assert.Equal(2, _asked.Count);
    }

    /// <summary>The first call may still arrive, and would undo what somebody has set after the second was answered.</summary>
    [Fact]
    public async Task What_sets_something_is_asked_again_where_it_was_refused_and_never_beside_a_call_that_is_silent()
    {
        var answer = _turns.In(() => _calls.AskAgain(Ask, Patience, CancellationToken.None));
        _asked[0].SetException(new SiloUnavailableException());
        Pass(0.08);
        Assert.Equal(2, _asked.Count);
        Pass(4.8);
        Assert.Equal(2, _asked.Count);
        _asked[1].SetResult("set");
        Assert.Equal("set", await Value(answer));
    }

    [Fact]
    public async Task In_one_process_a_silent_grain_is_busy_and_not_gone()
    {
        var answer = _turns.In(() => Calls(null).Insist(Ask, Patience, CancellationToken.None));
        Pass(4.99);
        Assert.Single(_asked);
        _asked[0].SetResult("taken");
        Assert.Equal("taken", await Value(answer));
    }

    [Fact]
    public async Task What_is_wrong_with_the_call_itself_is_thrown_and_not_repeated()
    {
        var answer = Insist();
        _asked[0].SetException(new ArgumentException("no such type"));
        _turns.Run();
        await Assert.ThrowsAsync<ArgumentException>(() => answer);
        await Assert.ThrowsAsync<FormatException>(() => _calls.Insist<string>(_ => throw new FormatException(), Patience, CancellationToken.None));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_sender_that_has_gone_is_not_waited_for()
    {
        using var gone = new CancellationTokenSource();
        var answer = _turns.In(() => _calls.Insist(Ask, Patience, gone.Token));
        gone.Cancel();
        _turns.Run();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private async Task<string> Value(Task<GrainAnswer<string>> answer)
    {
        _turns.Run();
        Assert.True(answer.IsCompleted);
        return Assert.IsType<GrainAnswer<string>.Answered>(await answer).Value;
    }

    private async Task IsSilent(Task<GrainAnswer<string>> answer)
    {
        _turns.Run();
        Assert.True(answer.IsCompleted);
        Assert.IsType<GrainAnswer<string>.Silent>(await answer);
    }

    private GrainCalls Calls(ClusterSight? cluster)
    {
        cluster?.Participate(new ClusterThatIsMet());
        return new GrainCalls(null!, new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()), _clock, new GatewayChance(), NullLogger<GrainCalls>.Instance, cluster);
    }

    private Task<GrainAnswer<string>> Insist() => _turns.In(() => _calls.Insist(Ask, Patience, CancellationToken.None));

    private Task<string> Ask(IGrainFactory grains)
    {
        var asked = new TaskCompletionSource<string>();
        _asked.Add(asked);
        return asked.Task;
    }

    /// <summary>Lets time pass, and all that waited for a moment of it go on in that moment.</summary>
    private void Pass(double seconds)
    {
        _turns.Run();
        for (int i = 0; i < seconds * 1000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            _turns.Run();
        }
    }

    /// <summary>What is called here goes on when <see cref="Run"/> is called, and nowhere else.</summary>
    private sealed class Turns : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback What, object? State)> _waiting = new();

        public override void Post(SendOrPostCallback d, object? state) => _waiting.Enqueue((d, state));

        public T In<T>(Func<T> call)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return call();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public void Run() => In(() =>
        {
            while (_waiting.TryDequeue(out var next))
            {
                next.What(next.State);
            }

            return 0;
        });
    }

    private sealed class ClusterThatIsMet : IClusterClientLifecycle, IDisposable
    {
        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            observer.OnStart();
            return this;
        }

        public void Dispose()
        {
        }
    }
}
