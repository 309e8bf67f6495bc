namespace ThreadGrains.Standalone.Launching;

/// <summary>The processes that one start consists of, and what others are told about them.</summary>
/// <param name="Stages">In the order in which they are started; they are stopped the other way round.</param>
/// <param name="Ports">Ports that must be free, each with what to do if it is not.</param>
/// <param name="Variables">For shells: what this line-up adds to <see cref="LocalSettings.ForShells"/>.</param>
/// <param name="Addresses">What is told to whoever started it: a label and an address.</param>
internal sealed record Lineup(
    IReadOnlyList<Stage> Stages,
    IReadOnlyList<(int Port, string Remedy)> Ports,
    IReadOnlyList<(string Name, string Value)> Variables,
    IReadOnlyList<(string Label, string Address)> Addresses)
{
    /// <summary>The pause before a process that ended is started again; null: when one ends, all are ended.</summary>
    public TimeSpan? RestartPause { get; init; }
}

/// <summary>Processes that are started together, and stopped together.</summary>
/// <param name="Parts">The processes.</param>
internal sealed record Stage(params IReadOnlyList<Part> Parts)
{
    /// <summary>What is done once all of them answer, and before the next stage.</summary>
    public Func<CancellationToken, Task> Then { get; init; } = _ => Task.CompletedTask;
}
