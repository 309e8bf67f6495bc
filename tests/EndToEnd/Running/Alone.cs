namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>For what starts a cluster of its own and measures seconds: nothing runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
