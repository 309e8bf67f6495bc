namespace ThreadGrains.CrashPoints.Running;

/// <summary>Where the ledger is, and who goes on after a kill.</summary>
internal enum NextOwner
{
    /// <summary>SQLite; the same program is started again on the same folder.</summary>
    SameOnSqlite,

    /// <summary>PostgreSQL, one silo; it is started again at the same address.</summary>
    SameOnPostgreSql,

    /// <summary>PostgreSQL, two silos; whichever is not killed takes over, and the killed one stays away.</summary>
    OtherOnPostgreSql,
}

/// <summary>What is told to the product, and what Slack does to it beside the crash.</summary>
internal enum Story
{
    /// <summary>An announcement, two notes and a resolve, as fast as they are accepted; Slack is well.</summary>
    Plain,

    /// <summary>The same, but the resolve comes when the notes are posted, so that the announcement has to be edited.</summary>
    Edited,

    /// <summary>Slack never gets the first note's request.</summary>
    RequestLost,

    /// <summary>Slack stores the first note, and its answer is lost.</summary>
    AnswerLost,

    /// <summary>Slack stores the first note long after the connection broke, when it has been looked for and sent again.</summary>
    LateCopy,

    /// <summary>A person deletes the announcement before there is a reply: the first note lands in the channel.</summary>
    ParentGone,
}

/// <summary>One run: a story, a crash in the middle of it, and who goes on.</summary>
/// <param name="Story">What happens.</param>
/// <param name="Point">Where the process dies or is left without an answer.</param>
/// <param name="Next">On which database, and who goes on.</param>
internal sealed record CrashCase(Story Story, CrashPoint Point, NextOwner Next)
{
    /// <summary>Copies beyond the first that this story makes whatever we do: bytes that Slack takes after two complete reads.</summary>
    public int UnavoidableCopies => Story is Story.LateCopy ? 1 : 0;

    public override string ToString() => $"{Story}/{Point}/{Next}";
}
