using System.Diagnostics;
using ThreadGrains.Chaos.Relays;
using ThreadGrains.Chaos.Running;

namespace ThreadGrains.Chaos.Nemesis;

/// <summary>A blow that fell.</summary>
internal sealed record Fallen(DateTimeOffset At, Strike Strike);

/// <summary>
/// Carries out a plan against what works. A blow on a member that is not ready at its moment falls on another one, and none falls
/// on the last that is ready: on a slow machine members are killed faster than they start, and then nothing would be seen but that.
/// </summary>
internal sealed class Nemesis(ISubject subject, Action<string> say)
{
    private readonly List<Fallen> _fallen = [];
    private readonly List<Task> _lasting = [];
    private readonly HashSet<string> _touched = [];

    public IReadOnlyList<Fallen> Fallen
    {
        get
        {
            lock (_fallen)
            {
                return [.. _fallen];
            }
        }
    }

    /// <summary>Strikes until the plan ends or it is cancelled; then heals whatever still lasts.</summary>
    public async Task Run(IReadOnlyList<Strike> plan, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        try
        {
            foreach (var strike in plan)
            {
                var pause = strike.At - Stopwatch.GetElapsedTime(begun);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, cancellation);
                }

                await Strike(strike, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The load has ended before the plan.
        }

        await Task.WhenAll(_lasting);
    }

    private async Task Strike(Strike strike, CancellationToken cancellation)
    {
        if (strike.Blow is Blow.RestartDatabase or Blow.KillDatabase)
        {
            if (subject.Database.IsRunning)
            {
                Note(strike, subject.Database);
                await (strike.Blow == Blow.KillDatabase ? subject.Database.KillTree() : subject.Database.Signal("INT"));
            }

            return;
        }

        var order = Enumerable.Range(0, subject.Members.Count).Select(step => subject.Members[(strike.Member + step) % subject.Members.Count])
            .Where(member => member.Process.IsRunning && !_touched.Contains(member.Process.Name)).ToList();
        bool[] ready = await Task.WhenAll(order.Select(member => Surroundings.Answers(member.Ready)));
        if (ready.Count(well => well) < 2)
        {
            say($"{strike.Blow} is left out: fewer than two are ready");
            return;
        }

        var target = order[Array.IndexOf(ready, true)];

        Note(strike, target.Process);
        switch (strike.Blow)
        {
            case Blow.Kill:
                await target.Process.Signal("KILL");
                break;
            case Blow.Restart:
                await target.Process.Signal("TERM");
                break;
            case Blow.Freeze:
                await target.Process.Signal("STOP");
                Later(strike.Length, target, () => target.Process.Signal("CONT"), cancellation);
                break;
            case Blow.FreezeMidCall:
                target.Slack!.Set(Cut.Swallow);
                await Task.Delay(TimeSpan.FromMilliseconds(700), CancellationToken.None);
                await target.Process.Signal("STOP");
                Later(strike.Length, target, async () =>
                {
                    target.Slack!.Set(Cut.None);
                    await target.Process.Signal("CONT");
                }, cancellation);
                break;
            case Blow.CutMembers:
                SetMembers(target, Cut.Swallow, inbound: true);
                Later(strike.Length, target, () => Heal(target), cancellation);
                break;
            case Blow.CutMembersOneWay:
                SetMembers(target, Cut.Swallow, inbound: false);
                Later(strike.Length, target, () => Heal(target), cancellation);
                break;
            case Blow.CutDatabase:
                SetOne(target, target.DatabaseLink!, Cut.Swallow, strike.Length, cancellation);
                break;
            case Blow.CutSlack:
                SetOne(target, target.Slack!, Cut.Swallow, strike.Length, cancellation);
                break;
            case Blow.RefuseSlack:
                SetOne(target, target.Slack!, Cut.Refuse, strike.Length, cancellation);
                break;
            case Blow.HoldSlack:
                SetOne(target, target.Slack!, Cut.Hold, strike.Length, cancellation);
                break;
            default:
                throw new UnreachableException($"No rule for {strike.Blow}");
        }
    }

    private void SetOne(Member target, Relay relay, Cut cut, TimeSpan length, CancellationToken cancellation)
    {
        relay.Set(cut);
        Later(length, target, () =>
        {
            relay.Set(Cut.None);
            return Task.CompletedTask;
        }, cancellation);
    }

    /// <summary>What it opened to the others runs through their relays; what they opened to it, through its own.</summary>
    private void SetMembers(Member target, Cut cut, bool inbound)
    {
        if (inbound)
        {
            target.Inbound!.Set(cut);
        }

        foreach (var other in subject.Members.Where(other => other != target))
        {
            other.Inbound!.Set(cut, from: target.Process.Name);
        }
    }

    private Task Heal(Member target)
    {
        SetMembers(target, Cut.None, inbound: true);
        return Task.CompletedTask;
    }

    private void Later(TimeSpan length, Member target, Func<Task> heal, CancellationToken cancellation)
    {
        _touched.Add(target.Process.Name);
        _lasting.Add(LetGo());

        async Task LetGo()
        {
            await Task.Delay(length, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await heal();
            say($"{target.Process.Name} is let go after {length.TotalSeconds:0} s");
            _touched.Remove(target.Process.Name);
        }
    }

    private void Note(Strike strike, SupervisedProcess target)
    {
        say($"{strike.Blow} {target.Name}");
        lock (_fallen)
        {
            _fallen.Add(new Fallen(DateTimeOffset.UtcNow, strike));
        }
    }
}
