using System.Collections.Concurrent;
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
    private const int ClosePeriods = 30;

    private static readonly TimeSpan ClosePeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Long enough that much is under way.</summary>
    private static readonly TimeSpan MidCall = TimeSpan.FromMilliseconds(700);

    private readonly List<Fallen> _fallen = [];
    private readonly List<Task> _lasting = [];
    /// <summary>Who is frozen or cut off at this moment, by what.</summary>
    private readonly ConcurrentDictionary<string, Strike> _touched = new();

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
        if (strike.Blow == Blow.FillDisk)
        {
            Note(strike, subject.Database);
            await subject.Disk!.Fill();
            Later(strike, subject.Database, () =>
            {
                subject.Disk.Empty();
                return Task.CompletedTask;
            }, cancellation);
            return;
        }

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
            .Where(member => member.Process.IsRunning && !_touched.ContainsKey(member.Process.Name)).ToList();
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
                Later(strike, target.Process, () => target.Process.Signal("CONT"), cancellation);
                break;
            case Blow.FreezeMidCall:
                await FreezeWithout(strike, target, target.Slack!, cancellation);
                break;
            case Blow.FreezeMidWrite:
                await FreezeWithout(strike, target, target.DatabaseLink!, cancellation);
                break;
            case Blow.CutMembers:
                await SetMembers(target, Cut.Swallow, inbound: true);
                Later(strike, target.Process, () => SetMembers(target, Cut.None, inbound: true), cancellation);
                break;
            case Blow.CutMembersOneWay:
                await SetMembers(target, Cut.Swallow, inbound: false);
                Later(strike, target.Process, () => SetMembers(target, Cut.None, inbound: true), cancellation);
                break;
            case Blow.CutDatabase:
                await SetOne(strike, target, target.DatabaseLink!, Cut.Swallow, cancellation);
                break;
            case Blow.CutSlack:
                await SetOne(strike, target, target.Slack!, Cut.Swallow, cancellation);
                break;
            case Blow.RefuseSlack:
                await SetOne(strike, target, target.Slack!, Cut.Refuse, cancellation);
                break;
            case Blow.HoldSlack:
                await SetOne(strike, target, target.Slack!, Cut.Hold, cancellation);
                break;
            default:
                throw new UnreachableException($"No rule for {strike.Blow}");
        }
    }

    /// <summary>What it does on this way is begun and has no end when it freezes.</summary>
    private async Task FreezeWithout(Strike strike, Member target, IWay way, CancellationToken cancellation)
    {
        await way.Set(Cut.Swallow);
        await Task.Delay(MidCall, CancellationToken.None);
        await target.Process.Signal("STOP");
        Later(strike, target.Process, async () =>
        {
            await way.Set(Cut.None);
            await target.Process.Signal("CONT");
        }, cancellation);
    }

    private async Task SetOne(Strike strike, Member target, IWay way, Cut cut, CancellationToken cancellation)
    {
        await way.Set(cut);
        Later(strike, target.Process, () => way.Set(Cut.None), cancellation);
    }

    /// <summary>What it opened to the others, or sends to them, goes their ways; what comes to it, its own.</summary>
    private async Task SetMembers(Member target, Cut cut, bool inbound)
    {
        if (inbound)
        {
            await target.Inbound!.Set(cut);
        }

        foreach (var other in subject.Members.Where(other => other != target))
        {
            await other.Inbound!.Set(cut, from: target.Process.Name);
        }
    }

    private void Later(Strike strike, SupervisedProcess target, Func<Task> heal, CancellationToken cancellation)
    {
        _touched[target.Name] = strike;
        _lasting.Add(LetGo());

        async Task LetGo()
        {
            await Task.Delay(strike.Length, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await heal();
            say($"{target.Name} is let go after {strike.Length.TotalSeconds:0} s");
            // One that wakes to find itself replaced ends within a moment, and what it counted until then with it.
            for (int look = 0; look < ClosePeriods; look++)
            {
                await subject.LookAtMetrics();
                await Task.Delay(ClosePeriod, CancellationToken.None);
            }

            _touched.TryRemove(target.Name, out _);
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
