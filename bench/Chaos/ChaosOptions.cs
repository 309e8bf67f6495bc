using System.Globalization;
using ThreadGrains.Chaos.Nemesis;
using ThreadGrains.Chaos.Running;
using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos;

/// <summary>What a run must have seen at least, so that its zeros mean something.</summary>
internal sealed record Minimums(int Accepts, int Kills, int Freezes, int Present, int Absent, int Takeovers, int Fenced, int LateResults)
{
    /// <summary>Posts of which nobody knew what became of them, at once or in the end.</summary>
    public int Unanswered { get; init; }

    /// <summary>For a run of another size: in proportion, and all that was asked for accepted.</summary>
    public Minimums For(int activities, int insteadOf)
    {
        return new Minimums(activities, Part(Kills), Part(Freezes), Part(Present), Part(Absent), Part(Takeovers), Part(Fenced), Part(LateResults))
        {
            Unanswered = Part(Unanswered),
        };

        int Part(int whole) => (int)((long)whole * activities / insteadOf);
    }
}

/// <summary>One run, as the command line and the experiment's name make it.</summary>
internal sealed record ChaosOptions
{
    public string Name { get; init; } = "E1";

    /// <summary>Plan and data follow from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary><c>threadgrains</c>, <c>retry</c> or <c>forget</c>; each is put to the same test, one after another.</summary>
    public IReadOnlyList<string> Senders { get; init; } = ["threadgrains", "retry", "forget"];

    public int Silos { get; init; } = 3;

    public int Groups { get; init; } = 200;

    public int Threads { get; init; } = 3;

    public int Activities { get; init; } = 20_000;

    /// <summary>Activities a second.</summary>
    public double Rate { get; init; } = 40;

    /// <summary>Requests at the same time.</summary>
    public int Concurrency { get; init; } = 50;

    public IReadOnlyList<Rhythm> Rhythms { get; init; } =
    [
        .. Every(Blow.Kill, 5, 0),
        .. Freezes(80),
    ];

    /// <summary>So many percent of all posts meet a fault of the emulator's.</summary>
    public double Faults { get; init; } = 5;

    /// <summary>Which faults; they share the percentage.</summary>
    public IReadOnlyList<FaultRule> FaultKinds { get; init; } = PostFaults.Every;

    /// <summary>So much of the groups is announced while things break; the rest before.</summary>
    public double AnnouncedLate { get; init; } = 0.1;

    /// <summary>What is sent more than once.</summary>
    public Repetition Repetition { get; init; } = new(0.1, 2, 0, 0);

    /// <summary>Reads of threads and channels that Slack allows a minute; 0: any number.</summary>
    public double ReadsPerMinute { get; init; }

    /// <summary>Whether Slack tells by itself what happens there.</summary>
    public bool Events { get; init; } = true;

    /// <summary>How long everything accepted may take to stand, once the last is accepted.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long is waited for second copies after everything stands: the product's first look for them comes after a minute.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(75);

    public Minimums Minimums { get; init; } = new(20_000, 50, 3, 20, 20, 5, 1, 1);

    /// <summary>The product's settings that are not as shipped. Only pacing may be among them, and where an experiment is about it the policy for what cannot be read.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>
    {
        ["ThreadGrains__Pacing__ChannelPerSecond"] = "0",
        ["ThreadGrains__Pacing__WorkspacePerMinute"] = "0",
        ["ThreadGrains__Pacing__UpdatesPerMinute"] = "0",
        ["ThreadGrains__Pacing__ReadsPerMinute"] = "0",
    };

    /// <summary>Whether it begins with the version that is upgraded from: each silo that is started again is of the new one.</summary>
    public bool FromFormer { get; init; }

    /// <summary>Silos live in network namespaces, and cuts lose packets there; the baselines keep their relays.</summary>
    public bool Namespaces { get; init; }

    /// <summary>Keeps data, receipts and logs, and says where.</summary>
    public bool Keep { get; init; }

    /// <summary>What is run, for the first line of what is said.</summary>
    public string Title => string.Create(
        CultureInfo.InvariantCulture, $"{Name}, seed {Seed}: {Groups} groups x {Threads} threads, {Activities} activities at {Rate}/s, faults {Faults} %{(Namespaces ? ", in network namespaces" : "")}");

    /// <summary>The ways that the plan cuts.</summary>
    public Links Links => Rhythms.Aggregate(Links.None, (links, rhythm) => links | rhythm.Blow switch
    {
        Blow.CutSlack or Blow.RefuseSlack or Blow.HoldSlack or Blow.FreezeMidCall => Links.Slack,
        Blow.CutDatabase or Blow.FreezeMidWrite => Links.Database,
        Blow.FillDisk => Links.Disk,
        Blow.CutMembers or Blow.CutMembersOneWay => Links.Members,
        _ => Links.None,
    });

    /// <summary>As long as the load lasts at the least.</summary>
    public TimeSpan Load => TimeSpan.FromSeconds(Activities / Rate);

    /// <exception cref="FormatException">An option is unknown or has no usable value; the message says which.</exception>
    public static ChaosOptions Read(string[] arguments)
    {
        int named = Array.IndexOf(arguments, "--experiment");
        var options = arguments.Contains("--short") ? Experiments.Short : Experiments.Of(named < 0 ? "E1" : Value(arguments, named));
        for (int at = 0; at < arguments.Length; at++)
        {
            string option = arguments[at];
            switch (option)
            {
                case "--short":
                    continue;
                case "--keep":
                    options = options with { Keep = true };
                    continue;
                case "--netns":
                    options = options with { Namespaces = true };
                    continue;
            }

            string value = Value(arguments, at++);
            options = option switch
            {
                "--experiment" => options,
                "--seed" => options with { Seed = Number(option, value) },
                "--sender" => options with { Senders = value == "all" ? ["threadgrains", "retry", "forget"] : [Known(value)] },
                "--silos" => options with { Silos = Number(option, value) },
                "--groups" => options with { Groups = Number(option, value) },
                "--threads" => options with { Threads = Number(option, value) },
                "--activities" => options with { Activities = Number(option, value), Minimums = options.Minimums.For(Number(option, value), options.Activities) },
                "--rate" => options with { Rate = Fraction(option, value) },
                "--events" => options with { Events = value == "on" || (value == "off" ? false : throw new FormatException($"{option} is on or off, not {value}")) },
                "--concurrency" => options with { Concurrency = Number(option, value) },
                "--faults" => options with { Faults = Fraction(option, value) },
                "--kill-every" => options with { Rhythms = [.. options.Rhythms.Where(rhythm => rhythm.Blow != Blow.Kill), .. Every(Blow.Kill, Fraction(option, value), 0)] },
                "--freeze-every" => options with { Rhythms = [.. options.Rhythms.Where(rhythm => rhythm.Blow is not (Blow.FreezeMidCall or Blow.FreezeMidWrite)), .. Freezes(Fraction(option, value))] },
                _ => throw new FormatException($"unknown option {option}"),
            };
        }

        return options;
    }

    /// <summary>In turn with calls and with writes in hand. Longer than a post's window and the doubt after it.</summary>
    private static IEnumerable<Rhythm> Freezes(double seconds) =>
    [
        .. Every(Blow.FreezeMidCall, 2 * seconds, 48).Select(rhythm => rhythm with { First = TimeSpan.FromSeconds(seconds / 2) }),
        .. Every(Blow.FreezeMidWrite, 2 * seconds, 48).Select(rhythm => rhythm with { First = TimeSpan.FromSeconds(seconds * 1.5) }),
    ];

    /// <summary>0 seconds: not at all.</summary>
    private static IEnumerable<Rhythm> Every(Blow blow, double seconds, double length) =>
        seconds == 0 ? [] : [new Rhythm(blow, TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(length))];

    private static string Value(string[] arguments, int option) =>
        option + 1 < arguments.Length ? arguments[option + 1] : throw new FormatException($"{arguments[option]} needs a value");

    private static int Number(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw new FormatException($"{option} needs a whole number above 0, not {value}");

    private static double Fraction(string option, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : throw new FormatException($"{option} needs a number, not {value}");

    private static string Known(string sender) =>
        sender is "threadgrains" or "retry" or "forget" ? sender : throw new FormatException($"--sender is threadgrains, retry, forget or all, not {sender}");
}
