namespace ThreadGrains.Simulation.Store;

/// <summary>What befalls a write, decided before it is made.</summary>
public enum WriteFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The store gives up before the commit: surely not written.</summary>
    RefuseBeforeCommit,

    /// <summary>The commit fails, and nobody is told whether it was written. It was not.</summary>
    LoseCommit,

    /// <summary>The commit succeeds, but its answer is lost.</summary>
    LoseAnswer,
}
