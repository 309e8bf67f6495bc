using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>What is asked of the outside.</summary>
internal enum Io
{
    LedgerRead,
    LedgerWrite,
    Post,
    Edit,
    Delete,
    Read,
    Lane,
    Call,
}

/// <summary>What goes wrong with one I/O.</summary>
internal enum Fault
{
    None,

    /// <summary>Surely not done, and said so: unavailable, connection refused.</summary>
    Refused,

    /// <summary>Not done, and nobody is told.</summary>
    Lost,

    /// <summary>Done, and nobody is told.</summary>
    AnswerLost,

    /// <summary>Done, seconds after whoever asked was cut off.</summary>
    Late,

    /// <summary>Takes seconds.</summary>
    Slow,

    /// <summary>HTTP 429.</summary>
    Limited,

    /// <summary>Not done; Slack says internal_error.</summary>
    InternalError,

    /// <summary>Done; Slack says internal_error all the same.</summary>
    InternalErrorDone,

    /// <summary>Something other than Slack answers: a page of HTML, nothing at all, a redirect; done or not.</summary>
    NotSlack,

    /// <summary>Slack refuses this content for good.</summary>
    Poison,

    /// <summary>The process freezes just before its first byte, after its last look at the clocks.</summary>
    FrozenAtSocket,
}

/// <summary>
/// How often what goes wrong in a run; drawn anew for each, so that some runs are all of one trouble, and some have none of it.
/// Probabilities are per I/O, lengths are means of the world's own mischief.
/// </summary>
internal sealed record Weather
{
    public static Weather Calm { get; } = new();

    /// <summary>Posts land long after their senders gave them up, nobody tells of it, and operators give up and try again all the time.</summary>
    public static Weather HastyOperators { get; } = new()
    {
        Faults = new Dictionary<Io, (Fault, double)[]> { [Io.Post] = [(Fault.Lost, 0.2), (Fault.Late, 0.3), (Fault.FrozenAtSocket, 0.1)] },
        People = 3, EventLost = 1,
    };

    /// <summary>By I/O: what may go wrong, and how often.</summary>
    public IReadOnlyDictionary<Io, (Fault Fault, double Rate)[]> Faults { get; init; } = new Dictionary<Io, (Fault, double)[]>();

    /// <summary>Seconds between what happens to silos; null: nothing does.</summary>
    public double? Silos { get; init; }

    /// <summary>Seconds between what people and operators do; null: nobody does anything.</summary>
    public double? People { get; init; }

    /// <summary>How often a message is hidden from reads for a while.</summary>
    public double Hidden { get; init; }

    /// <summary>How often Slack's event does not come.</summary>
    public double EventLost { get; init; }

    /// <summary>How often a call meets a second activation although the first lives.</summary>
    public double SecondActivation { get; init; }

    public static Weather Draw(Random chance)
    {
        bool Sometimes(double share) => chance.NextDouble() < share;
        double Rate(double share, double most) => Sometimes(share) ? chance.NextDouble() * most : 0;
        return new Weather
        {
            Faults = new Dictionary<Io, (Fault, double)[]>
            {
                [Io.LedgerRead] = [(Fault.Refused, Rate(0.3, 0.05)), (Fault.Slow, Rate(0.2, 0.05))],
                [Io.LedgerWrite] =
                [
                    (Fault.Refused, Rate(0.3, 0.1)), (Fault.Lost, Rate(0.3, 0.1)), (Fault.AnswerLost, Rate(0.4, 0.15)), (Fault.Slow, Rate(0.2, 0.1)),
                ],
                [Io.Post] =
                [
                    (Fault.Refused, Rate(0.2, 0.1)), (Fault.Lost, Rate(0.3, 0.2)), (Fault.AnswerLost, Rate(0.4, 0.3)), (Fault.Late, Rate(0.3, 0.2)),
                    (Fault.Slow, Rate(0.3, 0.2)), (Fault.Limited, Rate(0.3, 0.2)), (Fault.InternalError, Rate(0.2, 0.2)),
                    (Fault.InternalErrorDone, Rate(0.2, 0.2)), (Fault.NotSlack, Rate(0.15, 0.1)), (Fault.Poison, Rate(0.15, 0.1)),
                    (Fault.FrozenAtSocket, Rate(0.15, 0.1)),
                ],
                [Io.Edit] =
                [
                    (Fault.Refused, Rate(0.2, 0.1)), (Fault.Lost, Rate(0.3, 0.2)), (Fault.AnswerLost, Rate(0.3, 0.2)), (Fault.Late, Rate(0.3, 0.2)),
                    (Fault.Slow, Rate(0.2, 0.2)), (Fault.Limited, Rate(0.2, 0.2)), (Fault.InternalError, Rate(0.2, 0.2)),
                ],
                [Io.Delete] = [(Fault.Lost, Rate(0.3, 0.4)), (Fault.AnswerLost, Rate(0.3, 0.4)), (Fault.Limited, Rate(0.2, 0.3)), (Fault.InternalError, Rate(0.2, 0.3))],
                [Io.Read] = [(Fault.Lost, Rate(0.3, 0.2)), (Fault.Limited, Rate(0.2, 0.2)), (Fault.InternalError, Rate(0.2, 0.2)), (Fault.Slow, Rate(0.2, 0.2))],
                [Io.Lane] = [(Fault.Refused, Rate(0.2, 0.05))],
                [Io.Call] = [(Fault.Lost, Rate(0.2, 0.1)), (Fault.AnswerLost, Rate(0.3, 0.2))],
            },
            Silos = Sometimes(0.6) ? 5 + (chance.NextDouble() * 40) : null,
            People = Sometimes(0.5) ? 5 + (chance.NextDouble() * 60) : null,
            Hidden = Rate(0.3, 0.3),
            EventLost = Sometimes(0.3) ? 1 : Rate(0.5, 0.5),
            SecondActivation = Rate(0.2, 0.1),
        };
    }
}

/// <summary>Decides what goes wrong, at every I/O: by the weather, or by a script that names one of them by its number.</summary>
internal sealed class Trouble(Simulator simulator, Weather weather, Func<long, Io, Fault>? script = null)
{
    /// <summary>I/Os so far.</summary>
    public long Count { get; private set; }

    /// <summary>Nothing more will go wrong, and nothing new is told.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the weather is now.</summary>
    public Weather Weather { get; private set; } = weather;

    /// <summary>The weather is calm from now on. A script goes on to its end.</summary>
    public void Ends()
    {
        Weather = Weather.Calm;
        IsOver = true;
    }

    public Fault Next(Io io)
    {
        long number = Count++;
        if (script is not null)
        {
            return script(number, io);
        }

        if (!Weather.Faults.TryGetValue(io, out var faults))
        {
            return Fault.None;
        }

        double drawn = simulator.Chance.NextDouble();
        foreach (var (fault, rate) in faults)
        {
            if (drawn < rate)
            {
                return fault;
            }

            drawn -= rate;
        }

        return Fault.None;
    }
}
