using System.Diagnostics;

namespace ThreadGrains.Standalone.Launching;

/// <summary>One process of a start.</summary>
/// <param name="Name">Its name in <c>pids/</c> and in what we say.</param>
/// <param name="Program">What is started: the process that does the work, or what becomes it without another number.</param>
/// <param name="Answers">Whether it answers now.</param>
/// <param name="AnswersAt">Where it answers, for the line that says that it does not.</param>
internal sealed record Part(string Name, Func<ProcessStartInfo> Program, Func<CancellationToken, Task<bool>> Answers, string AnswersAt)
{
    /// <summary>Asks a process to stop; what it has begun it finishes.</summary>
    public const int Terminate = 15;

    /// <summary>PostgreSQL's fast shutdown: sessions are ended, everything is written down.</summary>
    public const int Interrupt = 2;

    /// <summary>The signal that asks it to stop.</summary>
    public int StopSignal { get; init; } = Terminate;

    /// <summary>What must be done before each of its starts.</summary>
    public Func<CancellationToken, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    /// <summary>What must be done once it has ended for good.</summary>
    public Func<Task> CleanUp { get; init; } = () => Task.CompletedTask;

    /// <summary>A program with its arguments and what it finds in its environment beside ours.</summary>
    public static ProcessStartInfo Run(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        return start;
    }
}
