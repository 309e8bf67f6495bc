namespace ThreadGrains.Grains.Rendering;

/// <summary>How much of a message is shown.</summary>
internal enum Fullness
{
    /// <summary>Everything that Slack's known limits allow.</summary>
    Whole,

    /// <summary>One plain line, and little of a note: what is tried after Slack refused the whole for its content.</summary>
    Short,

    /// <summary>Nothing from outside: what is left if the others cannot even be built.</summary>
    Bare,
}
