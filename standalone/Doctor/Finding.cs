namespace ThreadGrains.Standalone.Doctor;

/// <summary>What one look came to.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The main job works; something beside it does not, or could not be looked at.</summary>
    Warn,

    /// <summary>Announcements, replies or clicks will not work.</summary>
    Fail,

    /// <summary>Not looked at, because of another finding.</summary>
    Skip,
}

/// <summary>One line of the report. Never holds a secret.</summary>
/// <param name="Verdict">How it stands.</param>
/// <param name="What">What was looked at, the same words each time.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Mend">What to do about it, exactly; there for every failure.</param>
internal sealed record Finding(Verdict Verdict, string What, string Detail, string? Mend = null)
{
    public static Finding Ok(string what, string detail) => new(Verdict.Ok, what, detail);

    public static Finding Warn(string what, string detail, string mend) => new(Verdict.Warn, what, detail, mend);

    public static Finding Fail(string what, string detail, string mend) => new(Verdict.Fail, what, detail, mend);

    /// <param name="what">What was not looked at.</param>
    /// <param name="because">The other finding, in a few words.</param>
    public static Finding Skip(string what, string because) => new(Verdict.Skip, what, because);
}
