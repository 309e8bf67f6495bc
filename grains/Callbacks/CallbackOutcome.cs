namespace ThreadGrains.Grains.Callbacks;

/// <summary>What one try to tell the tracker came to, by what matters for the next.</summary>
internal abstract record CallbackOutcome
{
    private CallbackOutcome()
    {
    }

    /// <summary>A 2xx: the tracker has it.</summary>
    public sealed record Taken : CallbackOutcome;

    /// <summary>410: the tracker wants no more of this.</summary>
    public sealed record Gone : CallbackOutcome;

    /// <summary>The next try will hardly fare better unless somebody changes something: another 4xx, a redirect, an address that is not allowed.</summary>
    public sealed record Refused(string Status) : CallbackOutcome;

    /// <summary>Trouble that passes: 5xx, 408, 425, 429, no connection, no answer in time, an answer that is not HTTP.</summary>
    public sealed record Failed(string Status, TimeSpan? RetryAfter = null) : CallbackOutcome;
}
