namespace ThreadGrains.Simulation.Scheduling;

/// <summary>
/// A process. While it is frozen (SIGSTOP) or its machine is paused nothing of it runs and what comes in waits; once it is dead
/// all that it had begun is gone.
/// </summary>
internal sealed class Node
{
    private readonly Simulator _simulator;
    private readonly List<(Action Run, bool IsTimer)> _held = [];
    private DateTimeOffset? _pausedSince;
    private DateTimeOffset? _stoodUntil;
    private DateTimeOffset? _setBackAt;
    private TimeSpan _stood;

    public Node(Simulator simulator, string name)
    {
        _simulator = simulator;
        Name = name;
        Clock = new NodeClock(simulator, this);
    }

    /// <summary>Address with generation.</summary>
    public string Name { get; }

    public NodeClock Clock { get; }

    public bool IsDead { get; private set; }

    /// <summary>Frozen or paused.</summary>
    public bool IsHeld { get; private set; }

    public bool Runs => !IsDead && !IsHeld;

    /// <summary>How far its wall clock is from true time.</summary>
    public TimeSpan WallShift { get; private set; }

    /// <summary>Since when both of its clocks may have lied: its wall clock was set back and its machine paused, in whichever order.</summary>
    public DateTimeOffset? ClocksLiedAt => _setBackAt is { } setBack && StoodAt is { } stood ? (setBack < stood ? setBack : stood) : null;

    /// <summary>When its monotonic clock stood still last.</summary>
    private DateTimeOffset? StoodAt => _pausedSince is null ? _stoodUntil : _simulator.Now;

    /// <summary>Told when it is held, and when it goes on.</summary>
    public Action<bool>? Holding { get; set; }

    /// <summary>How long its monotonic clock has stood still so far.</summary>
    public TimeSpan Stood => _stood + (_pausedSince is { } since ? _simulator.Now - since : TimeSpan.Zero);

    /// <summary>Ends the process.</summary>
    public void Kill()
    {
        IsDead = true;
        IsHeld = false;
        _held.Clear();
    }

    /// <summary>SIGSTOP: nothing of it runs, and its clocks go on.</summary>
    public void Freeze()
    {
        IsHeld = true;
        Holding?.Invoke(true);
    }

    /// <summary>Somebody sets its wall clock.</summary>
    public void SetClock(TimeSpan by)
    {
        WallShift += by;
        _setBackAt = by < TimeSpan.Zero ? _simulator.Now : _setBackAt;
    }

    /// <summary>Its machine is paused: nothing of it runs, and its monotonic clock stands still.</summary>
    public void Pause()
    {
        _pausedSince = _simulator.Now;
        Freeze();
    }

    /// <summary>It goes on. What came in meanwhile is there, and which of it is seen first is chance.</summary>
    public void GoOn(bool timersFirst)
    {
        if (!IsHeld)
        {
            return;
        }

        _stood = Stood;
        _stoodUntil = StoodAt;
        _pausedSince = null;
        IsHeld = false;
        var held = timersFirst ? _held.Where(one => one.IsTimer).Concat(_held.Where(one => !one.IsTimer)) : _held;
        var all = held.Select(one => one.Run).ToList();
        _held.Clear();
        Holding?.Invoke(false);
        foreach (var run in all)
        {
            if (IsHeld)
            {
                Hold(run, isTimer: false);
            }
            else if (!IsDead)
            {
                run();
                _simulator.RunReady();
            }
        }
    }

    /// <summary>Keeps what came in until it goes on.</summary>
    public void Hold(Action run, bool isTimer) => _held.Add((run, isTimer));
}

/// <summary>The clocks and timers of a process, as the product sees them.</summary>
internal sealed class NodeClock(Simulator simulator, Node node) : TimeProvider
{
    /// <summary>The name of the event.</summary>
    public const string TimerFired = "timer";

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => simulator.Now + node.WallShift;

    public override long GetTimestamp() => (simulator.Now - Simulator.Beginning - node.Stood).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NodeTimer(simulator, node, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class NodeTimer(Simulator simulator, Node node, Action fired) : ITimer
    {
        private Event? _event;
        private long _due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
            {
                throw new NotSupportedException("A periodic timer.");
            }

            _event?.Cancel();
            _event = null;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _due = node.Clock.GetTimestamp() + dueTime.Ticks;
                _event = simulator.After(dueTime, node, TimerFired, Fire);
            }

            return true;
        }

        public void Dispose() => _event?.Cancel();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>A timer runs by the monotonic clock: where that stood still it is not due yet.</summary>
        private void Fire()
        {
            long left = _due - node.Clock.GetTimestamp();
            if (_event is { IsCancelled: true })
            {
                return;
            }

            if (left > 0)
            {
                _event = simulator.After(TimeSpan.FromTicks(left), node, TimerFired, Fire);
            }
            else
            {
                fired();
            }
        }
    }
}
