namespace ThreadGrains.Simulation.Scheduling;

/// <summary>
/// Time, chance and order of one run. Everything that happens is an event in one queue, on one thread; between two events the
/// continuations that became ready run to their end, in the order in which they became ready. The seed decides everything.
/// </summary>
internal sealed class Simulator
{
    /// <summary>More continuations than this without an event between them: somebody runs in a circle without ever waiting.</summary>
    private const int MaxContinuations = 20_000;

    private readonly PriorityQueue<Event, (long At, long Number)> _events = new();
    private readonly Queue<(Node Node, Action Run)> _ready = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _number;
    private BrokenPromise? _found;

    public Simulator(int seed, History history)
    {
        Chance = new Random(seed);
        History = history;
    }

    /// <summary>Where every run begins.</summary>
    public static DateTimeOffset Beginning { get; } = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    /// <summary>True time: the database's clock, and what the checkers go by.</summary>
    public DateTimeOffset Now { get; private set; } = Beginning;

    /// <summary>The run's only source of chance.</summary>
    public Random Chance { get; }

    public History History { get; }

    /// <summary>Events taken from the queue so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Called before each event with its number: where crash points are enumerated, a silo is killed here.</summary>
    public Action<long>? BeforeStep { get; set; }

    /// <summary>Something is wrong, found where no exception reaches the run.</summary>
    public void Find(BrokenPromise violation) => _found ??= violation;

    /// <summary>True with this probability.</summary>
    public bool Happens(double probability) => probability > 0 && Chance.NextDouble() < probability;

    /// <summary>A length of time between the two, in milliseconds.</summary>
    public TimeSpan Between(double fromMilliseconds, double toMilliseconds) =>
        TimeSpan.FromMilliseconds(fromMilliseconds + (Chance.NextDouble() * (toMilliseconds - fromMilliseconds)));

    /// <summary>A time-ordered id (UUID v7) out of the seed.</summary>
    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Chance.NextBytes(bytes);
        long milliseconds = Now.ToUnixTimeMilliseconds();
        for (int i = 5; i >= 0; i--)
        {
            bytes[i] = (byte)milliseconds;
            milliseconds >>= 8;
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Something of the world's own that happens after a while.</summary>
    public Event After(TimeSpan delay, string what, Action run) => After(delay, null, what, run);

    /// <summary>Something that happens to a process after a while: held while it is frozen, dropped once it is dead.</summary>
    public Event After(TimeSpan delay, Node? node, string what, Action run)
    {
        var made = new Event(node, what, run);
        _events.Enqueue(made, ((Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero)).UtcTicks, _number++));
        return made;
    }

    /// <summary>A continuation of a process is ready.</summary>
    public void Ready(Node node, Action run)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("A continuation came from another thread: something the product awaits is not simulated, and the seed would not replay.");
        }

        _ready.Enqueue((node, run));
    }

    /// <summary>Takes the next event. False: nothing is left to happen.</summary>
    public bool Step()
    {
        while (_events.TryDequeue(out var next, out var key))
        {
            if (next.IsCancelled || next.Node is { IsDead: true })
            {
                continue;
            }

            Now = new DateTimeOffset(key.At, TimeSpan.Zero);
            BeforeStep?.Invoke(Steps);
            Steps++;
            if (next.Node is { IsHeld: true } held)
            {
                held.Hold(next.Run, isTimer: next.What == NodeClock.TimerFired);
                return true;
            }

            if (next.Node is { IsDead: true })
            {
                return true;
            }

            History.Happened(Now, next.Node?.Name, next.What);
            next.Run();
            RunReady();
            return _found is null ? true : throw _found;
        }

        return false;
    }

    /// <summary>Runs what is ready until nothing is.</summary>
    public void RunReady()
    {
        for (int run = 0; _ready.TryDequeue(out var next); run++)
        {
            if (run > MaxContinuations)
            {
                throw new BrokenPromise("ends", "Something runs in a circle without ever waiting.");
            }

            if (next.Node.IsHeld)
            {
                next.Node.Hold(next.Run, isTimer: false);
            }
            else if (!next.Node.IsDead)
            {
                next.Run();
            }
        }
    }
}

/// <summary>Something that is going to happen.</summary>
internal sealed class Event(Node? node, string what, Action run)
{
    public Node? Node { get; } = node;

    public string What { get; } = what;

    public Action Run { get; } = run;

    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;
}
