using ThreadGrains.Grains.Recovery;
using ThreadGrains.Groups;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>
/// Silos with a membership and a directory that are as right as Orleans' are: a dead or frozen silo is noticed after a while, its
/// groups are placed elsewhere then, and what it had begun may go on when it wakes. Also the sweeps of each silo's recovery.
/// </summary>
internal sealed class Cluster
{
    private const int MaxNudges = 200;

    private readonly Surroundings _world;
    private readonly List<Silo> _silos = [];
    private readonly Dictionary<GroupKey, Activation> _directory = [];
    private readonly Dictionary<Activation, List<Action>> _waiting = [];
    private readonly Func<DateTimeOffset?> _nextDue;
    private int _generation;

    /// <param name="world">What silos share.</param>
    /// <param name="size">How many silos.</param>
    /// <param name="nextDue">When anything is due next: once all trouble is over, sweeps before that would find nothing and are left out.</param>
    public Cluster(Surroundings world, int size, Func<DateTimeOffset?> nextDue)
    {
        _world = world;
        _nextDue = nextDue;
        for (int i = 1; i <= size; i++)
        {
            Start($"silo-{i}");
        }
    }

    /// <summary>The silos that are not known to be dead.</summary>
    public IReadOnlyList<Silo> Silos => _silos;

    /// <summary>Nothing is frozen and nothing is at work.</summary>
    public bool IsQuiet => _silos.All(silo => silo.Node.Runs) && _directory.Values.All(activation => !activation.Owner.IsBusy) && _waiting.Count == 0;

    /// <summary>Calls a group's activation, making one where there is none. What is lost on the way is never answered.</summary>
    public void Call<T>(GroupKey group, string what, Func<Activation, Task<T>> work, Action<T> answered)
    {
        var fault = _world.Trouble.Next(Io.Call);
        if (fault == Fault.Lost)
        {
            return;
        }

        _world.Simulator.After(_world.Simulator.Between(0.2, 3), what, () => Deliver(group, what, work, outcome =>
        {
            if (fault != Fault.AnswerLost)
            {
                _world.Simulator.After(_world.Simulator.Between(0.2, 3), $"answer to {what}", () => answered(outcome));
            }
        }));
    }

    /// <summary>Ends a silo's process; another takes its place after a while.</summary>
    public void Kill(Silo silo)
    {
        silo.Node.Kill();
        _world.Simulator.After(_world.Simulator.Between(500, 5_000), $"{silo.Node.Name} is declared dead", () => DeclareDead(silo));
        _world.Simulator.After(_world.Simulator.Between(2_000, 10_000), "a silo starts", () => Start(silo.Node.Name.Split('@')[0]));
    }

    /// <summary>The directory loses a group's activation, which lives on and knows nothing of it: the next call makes another.</summary>
    public void Forget(GroupKey group) => _directory.Remove(group);

    /// <summary>An activation ends although its silo lives: its work is waited for, and a new one is made by the next call.</summary>
    public void Deactivate(GroupKey group)
    {
        if (_directory.Remove(group, out var activation))
        {
            activation.Scheduler.Begin(activation.Owner.Stop);
        }
    }

    private void Start(string name)
    {
        var silo = new Silo(_world, $"{name}@{++_generation}");
        long held = 0;
        silo.Node.Holding = isHeld =>
        {
            long hold = ++held;
            if (isHeld)
            {
                _world.Simulator.After(_world.Simulator.Between(8_000, 12_000), $"{silo.Node.Name} is probed", () =>
                {
                    if (hold == held)
                    {
                        DeclareDead(silo);
                    }
                });
            }
            else if (silo.IsDeclaredDead)
            {
                // It finds out that the others have given it up, and ends itself; not at once.
                _world.Simulator.After(_world.Simulator.Between(0, 3_000), silo.Node, "finds itself declared dead", () => Kill(silo));
            }
        };
        _silos.Add(silo);
        Sweep(silo, atOnce: true);
    }

    private void DeclareDead(Silo silo)
    {
        if (silo.IsDeclaredDead)
        {
            return;
        }

        silo.IsDeclaredDead = true;
        _silos.Remove(silo);
        foreach (var (group, _) in _directory.Where(entry => entry.Value.Silo == silo).ToList())
        {
            _directory.Remove(group);
        }

        // Also those that the directory had lost already.
        foreach (var activation in _waiting.Keys.Where(activation => activation.Silo == silo).ToList())
        {
            _waiting.Remove(activation);
        }

        foreach (var other in _silos.Where(other => other.Node.Runs))
        {
            Sweep(other, atOnce: false, again: false);
        }
    }

    private void Deliver<T>(GroupKey group, string what, Func<Activation, Task<T>> work, Action<T> answered)
    {
        if (Locate(group) is not { } activation)
        {
            return;
        }

        void Begin() => activation.Scheduler.Begin(async () =>
        {
            try
            {
                answered(await work(activation));
            }
            catch (Exception error) when (ProductLog.IsExpected(error) || error is ObjectDisposedException)
            {
                _world.Simulator.History.Happened(_world.Simulator.Now, activation.Silo.Node.Name, what, error.GetType().Name);
            }
            catch (Exception error)
            {
                _world.Simulator.Find(error as BrokenPromise ?? new BrokenPromise("ends", $"{what} failed: {error}"));
            }
        });

        if (_waiting.TryGetValue(activation, out var waiting))
        {
            waiting.Add(Begin);
        }
        else
        {
            Begin();
        }
    }

    private Activation? Locate(GroupKey group)
    {
        if (_directory.TryGetValue(group, out var known) && !_world.Simulator.Happens(_world.Trouble.Weather.SecondActivation))
        {
            return known;
        }

        if (_silos.Count == 0)
        {
            return null;
        }

        var silo = _silos[_world.Simulator.Chance.Next(_silos.Count)];
        var activation = silo.Activate(group, Forget);
        _directory[group] = activation;
        _waiting[activation] = [];
        activation.Scheduler.Begin(async () =>
        {
            try
            {
                await activation.Owner.Load(CancellationToken.None);
                await activation.Owner.WakeAll(CancellationToken.None);
                if (_waiting.Remove(activation, out var waiting))
                {
                    waiting.ForEach(begin => begin());
                }
            }
            catch (Exception error) when (ProductLog.IsExpected(error))
            {
                _waiting.Remove(activation);
                Forget(activation);
            }
            catch (Exception error)
            {
                _world.Simulator.Find(new BrokenPromise("ends", $"An activation failed: {error}"));
            }
        });
        return activation;
    }

    private void Forget(Activation activation)
    {
        foreach (var (group, _) in _directory.Where(entry => entry.Value == activation).ToList())
        {
            _directory.Remove(group);
        }
    }

    private void Sweep(Silo silo, bool atOnce, bool again = true)
    {
        silo.Services.Begin(async () =>
        {
            try
            {
                var now = await silo.Ledger.Now(CancellationToken.None);
                var query = RecoveryShare.Of(
                    SiloShare.Of(_silos.Select(other => other.Node.Name), silo.Node.Name), now, atOnce ? TimeSpan.Zero : RecoveryShare.DeadOwnerDelay, MaxNudges);
                foreach (var due in await silo.Ledger.DueGroups(query, CancellationToken.None))
                {
                    Call(new GroupKey(due.Organization, due.Group), "nudge", async activation =>
                    {
                        await activation.Owner.WakeAll(CancellationToken.None);
                        return true;
                    }, _ => { });
                }
            }
            catch (Exception error) when (ProductLog.IsExpected(error))
            {
                // The next sweep comes.
            }
            catch (Exception error)
            {
                _world.Simulator.Find(new BrokenPromise("ends", $"A sweep failed: {error}"));
            }

            if (again)
            {
                _world.Simulator.After(Pause(), silo.Node, "sweep", () => Sweep(silo, atOnce: false));
            }
        });
        _world.Simulator.RunReady();
    }

    private TimeSpan Pause()
    {
        var usual = TimeSpan.FromSeconds(5);
        if (!_world.Trouble.IsOver)
        {
            return usual;
        }

        var due = (_nextDue() ?? _world.Simulator.Now.AddMinutes(10)) - _world.Simulator.Now;
        return due > usual ? due : usual;
    }
}
