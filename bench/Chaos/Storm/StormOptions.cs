using System.Globalization;

namespace ThreadGrains.Chaos.Storm;

/// <summary>A storm, as the command line asks for it.</summary>
internal sealed record StormOptions
{
    public const string Usage = "storm [--seed N] [--groups N] [--per-thread N] [--without-digests] [--keep]";

    public int Seed { get; init; } = 1;

    /// <summary>Groups of one thread each, all in one channel.</summary>
    public int Groups { get; init; } = 100;

    /// <summary>Activities for each thread.</summary>
    public int PerThread { get; init; } = 200;

    /// <summary>Within this all of them are sent.</summary>
    public TimeSpan Within { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a thread far behind gets several activities in one message, as shipped.</summary>
    public bool Digests { get; init; } = true;

    /// <summary>Without digests it would take hours: the rate is taken over this, and the end is reckoned.</summary>
    public TimeSpan Measured { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Keeps data, receipts and logs, and says where.</summary>
    public bool Keep { get; init; }

    /// <summary>What is run, for the first line of what is said.</summary>
    public string Title => string.Create(
        CultureInfo.InvariantCulture, $"storm, seed {Seed}: {Groups} groups of one thread in one channel, {PerThread} activities each within a minute");

    /// <exception cref="FormatException">An option is unknown or has no usable value; the message says which.</exception>
    public static StormOptions Read(ReadOnlySpan<string> arguments)
    {
        var options = new StormOptions();
        for (int at = 0; at < arguments.Length; at++)
        {
            options = arguments[at] switch
            {
                "--keep" => options with { Keep = true },
                "--without-digests" => options with { Digests = false },
                "--seed" => options with { Seed = Number(arguments, at++) },
                "--groups" => options with { Groups = Number(arguments, at++) },
                "--per-thread" => options with { PerThread = Number(arguments, at++) },
                var unknown => throw new FormatException($"unknown option {unknown}; {Usage}"),
            };
        }

        return options;
    }

    private static int Number(ReadOnlySpan<string> arguments, int option) =>
        option + 1 < arguments.Length && int.TryParse(arguments[option + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number : throw new FormatException($"{arguments[option]} needs a whole number above 0");
}
