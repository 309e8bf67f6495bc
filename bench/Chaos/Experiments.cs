using ThreadGrains.Chaos.Nemesis;

namespace ThreadGrains.Chaos;

/// <summary>The experiments by name. Each is a run of the same harness with another plan.</summary>
internal static class Experiments
{
    /// <summary>What fits into a minute and a half with the start of the cluster, as a rule.</summary>
    public static ChaosOptions Short { get; } = new()
    {
        Name = "short", Senders = ["threadgrains"], Groups = 20, Activities = 225, Rate = 15, Concurrency = 20, Faults = 10,
        // In the midst of calls, and until their windows are over: a run so short would else often see nothing that another silo has to
        // take over. Twice the faults of the longer ones, so that some doubts are ended by reading and not by Slack's events.
        Rhythms = [Every(Blow.Kill, 60, 0) with { First = TimeSpan.FromSeconds(2), Times = 1 }, Every(Blow.FreezeMidCall, 60, 15) with { First = TimeSpan.FromSeconds(5), Times = 1 }],
        // A thread may meet doubt after doubt, 40 s the first and 20 s each that follows: seldom, and then it is late and not lost.
        Patience = TimeSpan.FromMinutes(3), Linger = TimeSpan.Zero,
        Minimums = new(225, 1, 1, 1, 1, 1, 0, 0),
    };

    /// <summary>Smaller than E1, for one kind of trouble each.</summary>
    private static readonly ChaosOptions Small = new()
    {
        Senders = ["threadgrains"], Groups = 60, Activities = 3_000, Rate = 20, Faults = 0, Rhythms = [],
        Minimums = new(3_000, 0, 0, 0, 0, 0, 0, 0),
    };

    /// <summary>What each name stands for, in words.</summary>
    public static IReadOnlyDictionary<string, (string What, ChaosOptions Options)> All { get; } = new Dictionary<string, (string, ChaosOptions)>
    {
        ["E1"] = ("kill -9 of a random silo every 5 s, faults 5 %, now and then a freeze", new ChaosOptions()),
        ["E3"] = ("freeze of a random silo for about 20, 40 and 70 s", Small with
        {
            // Five within the 150 s that the load lasts at the least, so set that two others are ready whenever one freezes.
            Rhythms =
            [
                Every(Blow.Freeze, 60, 20) with { First = TimeSpan.FromSeconds(10) },
                Every(Blow.FreezeMidCall, 200, 48) with { First = TimeSpan.FromSeconds(35) },
                Every(Blow.Freeze, 200, 70) with { First = TimeSpan.FromSeconds(100) },
            ],
            Minimums = Small.Minimums with { Freezes = 4, Takeovers = 5, Fenced = 1 },
        }),
        ["E4"] = ("cuts of one silo from the others (both ways, one way), from the database, from Slack", Small with
        {
            Rhythms = [Every(Blow.CutMembers, 70, 25), Every(Blow.CutMembersOneWay, 85, 25), Every(Blow.CutDatabase, 60, 25), Every(Blow.CutSlack, 50, 20), Every(Blow.RefuseSlack, 65, 15)],
            Minimums = Small.Minimums with { Present = 0, Absent = 1 },
        }),
        ["E5"] = ("what is sent to Slack is held back for 15 s and 45 s, and let go", Small with
        {
            Rhythms = [Every(Blow.HoldSlack, 30, 15), Every(Blow.HoldSlack, 70, 45)],
            Minimums = Small.Minimums with { Absent = 1 },
        }),
        ["E6"] = ("the answer to one post in ten is lost with its connection, after it was stored, and Slack tells of nothing", Small with
        {
            Groups = 40, Activities = 400, Faults = 10, FaultKinds = PostFaults.LostAnswers, Events = false,
            Minimums = new(400, 0, 0, 20, 0, 0, 0, 0),
        }),
        ["E7"] = ("PostgreSQL is restarted every 30 s and killed with its children every 40 s", Small with
        {
            Rhythms = [Every(Blow.RestartDatabase, 30, 0), Every(Blow.KillDatabase, 40, 0)],
        }),
        ["E9"] = ("each of 2,000 new groups begins with two to four copies of its alert at once, through both gateways, while silos are killed", Small with
        {
            Groups = 2_000, Threads = 1, Activities = 2_000, Rate = 25, AnnouncedLate = 1, Repetition = new(1, 4, 1, 0),
            Rhythms = [Every(Blow.Kill, 15, 0)],
            Minimums = new(4_000, 2, 0, 0, 0, 0, 0, 0),
        }),
        ["E10"] = ("the disk of PostgreSQL is full for a minute, twice; needs root, for a disk of its own", Small with
        {
            Rhythms = [Every(Blow.FillDisk, 90, 60) with { First = TimeSpan.FromSeconds(15), Times = 2 }],
        }),
        // A seventh: half of twenty in a row would open the circuit breaker, and that is another experiment.
        ["E20"] = ("some 200 threads in doubt, since the answers to a seventh of 1,400 posts are lost, and one read a minute for all of them", Small with
        {
            Groups = 700, Threads = 1, Activities = 1_400, Rate = 20, AnnouncedLate = 0, Faults = 100, FaultKinds = PostFaults.AnswersLost(1 / 7.0, 1_400),
            ReadsPerMinute = 1, Settings = new Dictionary<string, string>(new ChaosOptions().Settings) { ["ThreadGrains__Pacing__ReadsPerMinute"] = "1" },
            Minimums = new(2_100, 0, 0, 0, 0, 0, 0, 0) { Unanswered = 170 },
        }),
        ["E20-silent"] = ("as many, lost before they arrived, while Slack tells of nothing; what cannot be read for 15 minutes is sent again", Small with
        {
            // Of as many posts as are surely tried within the load: what is lost of those that are sent again waits another 15 minutes.
            Groups = 700, Threads = 1, Activities = 1_400, Rate = 20, AnnouncedLate = 0, Faults = 100, FaultKinds = PostFaults.RequestsLost(1 / 6.5, 1_270),
            ReadsPerMinute = 1, Events = false, Patience = TimeSpan.FromMinutes(35),
            Settings = new Dictionary<string, string>(new ChaosOptions().Settings)
            {
                ["ThreadGrains__Pacing__ReadsPerMinute"] = "1", ["ThreadGrains__InDoubt__Unreadable"] = "resend",
            },
            Minimums = new(2_100, 0, 0, 0, 0, 0, 0, 0) { Unanswered = 170 },
        }),
        ["E21"] = ("ids in up to 20 copies through both gateways, 30 % of them at once, 1 % of the ids used for something else", Small with
        {
            Groups = 200, Threads = 1, Activities = 5_000, Rate = 25, Repetition = new(1, 20, 0.3, 0.01),
            Minimums = new(5_000, 0, 0, 0, 0, 0, 0, 0),
        }),
        ["E22"] = ("a cluster of a former version; its silos are asked to stop one after another every 8 s, and what is started again is the new version", Small with
        {
            FromFormer = true,
            Rhythms = [Every(Blow.Restart, 8, 0)],
        }),
    };

    /// <exception cref="FormatException">There is no such experiment.</exception>
    public static ChaosOptions Of(string name) => All.TryGetValue(name, out var known)
        ? known.Options with { Name = name }
        : throw new FormatException($"there is no experiment {name}; known are {string.Join(", ", All.Keys)}");

    private static Rhythm Every(Blow blow, double every, double length) => new(blow, TimeSpan.FromSeconds(every), TimeSpan.FromSeconds(length));
}
