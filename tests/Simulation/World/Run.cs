using ThreadGrains.Grains.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;

namespace ThreadGrains.Simulation.World;

/// <summary>What a run came to.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Steps">Events that happened.</param>
/// <param name="Fingerprint">Of its whole history.</param>
/// <param name="Io">I/Os made.</param>
/// <param name="Violation">The promise that was broken; null: none.</param>
/// <param name="Last">What happened last.</param>
/// <param name="SimulatedTime">How long it took by its own clock.</param>
/// <param name="Reached">What happened in it, and how often.</param>
internal sealed record RunResult(
    int Seed, long Steps, ulong Fingerprint, long Io, Exception? Violation, IReadOnlyList<string> Last, TimeSpan SimulatedTime,
    IReadOnlyDictionary<string, int> Reached)
{
    /// <summary>The course of events that was played; null: none in particular.</summary>
    public string? Course { get; init; }

    /// <summary>How often the history told what; only of a run with cues.</summary>
    public IReadOnlyDictionary<string, int> Told { get; init; } = new Dictionary<string, int>();

    /// <summary>What went wrong, with the command that plays it again in its first line, and the last that happened.</summary>
    public string Story(int last = 200)
    {
        string broken = Violation is BrokenPromise ? Violation.Message : $"{Violation}";
        return string.Join('\n', [$"seed {Seed} (bench/simulate {(Course is null ? "" : $"--trace {Course.Split(',')[0]} ")}--seed {Seed} --tell): {broken}", .. Last.TakeLast(last)]);
    }
}

/// <summary>One run: a plan of what is told, trouble, then calm until nothing is due; all out of one seed.</summary>
internal sealed class Run
{
    public const string Organization = "acme";

    /// <summary>The longest pauses between tries are hours.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(48);

    /// <summary>What is due is done within seconds, or a minute where its owner sleeps.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(15);

    /// <summary>Runs take a few thousand; one that takes so many goes round in a circle, however little time that takes.</summary>
    private const long MostSteps = 150_000;

    private readonly Plan _plan;
    private readonly Simulator _simulator;
    private readonly Trouble _trouble;
    private readonly Books _books;
    private readonly ILedger _ledger;
    private readonly RowCheck _rows;
    private readonly PostingCheck _posting;
    private readonly RestCheck _rest;
    private readonly Cluster _cluster;
    private readonly Sender _sender;
    private readonly Mischief _mischief;
    private readonly Stage? _stage;

    public Run(Plan plan, Func<TimeProvider, ILedger> open, TextWriter? teller = null)
    {
        _plan = plan;
        _simulator = new Simulator(plan.Seed, new History(200, teller));
        _books = new Books(() => _simulator.Now);
        _ledger = open(new TrueTime(_simulator));
        var weather = plan.Weather ?? Weather.Draw(_simulator.Chance);
        _trouble = new Trouble(_simulator, weather, plan.Script);
        var slack = new FakeSlack(_simulator);
        _rows = new RowCheck(_ledger, Organization, _books, slack);
        _posting = new PostingCheck(_books, _rows);
        _books.Changed = _rows.Refresh;
        _books.WasAccepted = _rows.CheckAccepted;
        _books.IsOpen = delivery => _rows.StateOf(delivery) is DeliveryState.Pending or DeliveryState.Sending or DeliveryState.InDoubt;
        _books.WasVerified = _posting.Verified;
        _books.BecameKnown = _posting.Known;
        slack.Stored = _posting.Stored;
        _rest = new RestCheck(_ledger, _books, _rows, _posting, slack);
        var surroundings = new Surroundings(
            _simulator, _trouble, _ledger, slack, new Lanes(_simulator, new PacingOptions()), _books, _posting, new DeliveryOptions { MaxAttempts = 6 },
            new OrganizationSettings(["T1", "T2"]))
        {
            Reposts = plan.Reposts,
        };
        _cluster = new Cluster(surroundings, plan.Silos ?? _simulator.Chance.Next(1, 4), NextDue);
        _sender = new Sender(_simulator, _cluster, new ReceiptCheck(_rows));
        _mischief = new Mischief(surroundings, _cluster, _rows, Organization);
        _stage = plan.Course is null ? null : new Stage(_simulator, _cluster, _mischief, _rows, _books, slack, new GroupKey(Organization, "g0"), plan.Cues);
    }

    /// <summary>Plays it to its end.</summary>
    public RunResult Play()
    {
        Exception? violation = null;
        try
        {
            _simulator.BeforeStep = step =>
            {
                _plan.Watch?.Invoke(step, _trouble.Count);
                KillAt(step);
            };

            Begin();
            var trouble = Simulator.Beginning + _plan.Within;
            while (_simulator.Now < trouble && _simulator.Steps <= MostSteps && _simulator.Step())
            {
            }

            _trouble.Ends();
            _mischief.End();
            _calmSince = _simulator.Now;
            while (!IsAtRest())
            {
                // While the last of the silos is frozen there is nobody to do anything, however long that takes.
                bool somebodyRuns = _cluster.Silos.Any(silo => silo.Node.Runs);
                if (!_simulator.Step())
                {
                    break;
                }

                if (!somebodyRuns)
                {
                    _calmSince = _simulator.Now;
                }

                if (_simulator.Now - trouble > Longest || _simulator.Steps > MostSteps)
                {
                    throw new BrokenPromise("P1", $"{_simulator.Now - trouble} and {_simulator.Steps} steps after the last fault something is still due ({_sender.Waiting} requests without a receipt): {string.Join("; ", Unfinished())}");
                }
            }

            _rest.Check();
        }
        catch (Exception error)
        {
            violation = error;
        }

        return new RunResult(
            _plan.Seed, _simulator.Steps, _simulator.History.Fingerprint, _trouble.Count, violation, [.. _simulator.History.Last()], _simulator.Now - Simulator.Beginning, _books.Reached)
        {
            Course = _plan.Course,
            Told = _stage?.Told ?? new Dictionary<string, int>(),
        };
    }

    private void Begin()
    {
        var within = _plan.Told ?? _plan.Within;
        int groups = _plan.Groups ?? _simulator.Chance.Next(1, 3);
        for (int i = 0; i < groups; i++)
        {
            int threads = _plan.Threads ?? _simulator.Chance.Next(1, 4);
            var channels = Enumerable.Range(0, threads).Select(number => new ChannelAddress(number == 2 ? "T2" : "T1", $"C{number + 1}")).ToList();
            _sender.Plan(new GroupKey(Organization, $"g{i}"), channels, _plan.Activities ?? _simulator.Chance.Next(1, 9), within, _plan.Plain);
        }

        if (groups > 1)
        {
            _sender.PlanTwins(new GroupKey(Organization, "g0"), new GroupKey(Organization, "g1"), _simulator.Chance.NextDouble() * within);
        }

        _mischief.Begin();
        _stage?.Begin();
    }

    private void KillAt(long step)
    {
        if (step == _plan.KillBefore)
        {
            foreach (var silo in _cluster.Silos.Where(silo => silo.Node.Runs).Take(1).ToList())
            {
                _cluster.Kill(silo);
            }
        }
    }

    private DateTimeOffset _restAsked;
    private DateTimeOffset _calmSince;

    /// <summary>Asked once in a while only: it reads every group.</summary>
    private bool IsAtRest()
    {
        if (_sender.Waiting > 0 || _simulator.Now < _restAsked || _mischief.EventsUnderWay > 0 || _posting.IsUnderWay)
        {
            return false;
        }

        _restAsked = _simulator.Now.AddSeconds(5);
        var due = NextDue();
        if (due < _simulator.Now - Overdue && _calmSince < _simulator.Now - Overdue)
        {
            throw new BrokenPromise("P1", $"Something has been due since {due:O} and nobody does it: {string.Join("; ", Unfinished())}");
        }

        return _cluster.IsQuiet && due is null;
    }

    private DateTimeOffset? NextDue() => _rows.Rows.Values.Select(row => row.Group).Distinct()
        .Select(group => RowCheck.Real(_ledger.LoadGroup(Organization, group, CancellationToken.None))!.WakeAt).Min();

    private IEnumerable<string> Unfinished() => _rows.Rows.Values
        .Where(row => row.State is DeliveryState.Pending or DeliveryState.Sending or DeliveryState.InDoubt).Select(row => row.ToString());

    /// <summary>The database's clock.</summary>
    private sealed class TrueTime(Simulator simulator) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => simulator.Now;

        public override long GetTimestamp() => simulator.Now.UtcTicks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}

/// <summary>What a run is made of; what is not said is drawn from the seed.</summary>
internal sealed record Plan(int Seed)
{
    public Weather? Weather { get; init; }

    /// <summary>Which I/O, by its number, meets which fault; then there is no weather.</summary>
    public Func<long, Io, Fault>? Script { get; init; }

    /// <summary>On real SQLite, or in memory.</summary>
    public bool? Sqlite { get; init; }

    public int? Silos { get; init; }

    public int? Groups { get; init; }

    public int? Threads { get; init; }

    public int? Activities { get; init; }

    /// <summary>Whether a thread whose parent is gone is announced anew. Not drawn, so that the policy changes nothing before the first parent goes.</summary>
    public bool Reposts { get; init; } = Seed % 4 == 3;

    /// <summary>A silo is killed before the event of this number.</summary>
    public long? KillBefore { get; init; }

    /// <summary>Told before each event: its number, and how many I/Os were made.</summary>
    public Action<long, long>? Watch { get; init; }

    /// <summary>The sender sends everything once, at even distances.</summary>
    public bool Plain { get; init; }

    public TimeSpan? Length { get; init; }

    /// <summary>In how long everything is told; null: as long as trouble lasts.</summary>
    public TimeSpan? Told { get; init; }

    /// <summary>The name of the course of events that it is; null: of none.</summary>
    public string? Course { get; init; }

    /// <summary>What happens when the history tells this or that.</summary>
    public IReadOnlyList<Cue> Cues { get; init; } = [];

    /// <summary>How long trouble lasts, and things are told.</summary>
    public TimeSpan Within => Length ?? TimeSpan.FromSeconds(60 + (Math.Abs(Seed * 7919L) % 180));
}
