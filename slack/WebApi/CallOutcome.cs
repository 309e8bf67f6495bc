namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// What a call other than a post came to. The cases mean what they mean for <see cref="PostOutcome"/>; a call of which no byte
/// left is a <see cref="RetryLater"/> with <see cref="PostOutcome.NotSent"/>'s reason as its error.
/// </summary>
/// <typeparam name="T">What Slack gives back when all is well.</typeparam>
public abstract record CallOutcome<T>
{
    private CallOutcome()
    {
    }

    /// <summary>Status 200 and <c>ok: true</c>.</summary>
    public sealed record Ok(T Value, SlackHeaders Headers) : CallOutcome<T>;

    /// <summary>Not done: Slack asks us to slow down. <paramref name="RetryAfter"/>: at most one hour; null: no number was given.</summary>
    public sealed record Limited(TimeSpan? RetryAfter, string Error) : CallOutcome<T>;

    /// <summary>Not done, and the same call can succeed later.</summary>
    public sealed record RetryLater(string Error, bool WorkspaceWide) : CallOutcome<T>;

    /// <summary>Not done, and trying again as it is cannot help.</summary>
    public sealed record Refused(RefusalScope Scope, string Error) : CallOutcome<T>
    {
        /// <summary>With <c>missing_scope</c>: what Slack says of it.</summary>
        public MissingScope? Missing { get; init; }
    }

    /// <summary>A write may have been done or not; a read gave nothing.</summary>
    public sealed record Unknown(string Evidence) : CallOutcome<T>;

    /// <summary>Something answered that is not Slack; the HTTP status, in digits.</summary>
    public sealed record NotSlack(string Status) : CallOutcome<T>;
}
