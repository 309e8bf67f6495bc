namespace ThreadGrains.Slack.WebApi;

/// <summary>What one HTTP exchange came to, before anybody asks what it means.</summary>
internal abstract record Exchange
{
    private Exchange()
    {
    }

    /// <summary>No byte of the request left this process.</summary>
    public sealed record NeverBegan(string Reason) : Exchange;

    /// <summary>The call was not made: Slack limited such calls, and the wait is not over.</summary>
    /// <param name="Left">What is left of it.</param>
    public sealed record HeldBack(TimeSpan Left) : Exchange;

    /// <summary>Bytes left, and no complete answer came.</summary>
    public sealed record BrokenOff(string Evidence) : Exchange;

    /// <summary>An answer came.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Headers">The headers that we read.</param>
    /// <param name="Body">The body; null when it broke off on the way.</param>
    /// <param name="BodyFault">Why there is no body.</param>
    /// <param name="At">Our clock, when the headers had come.</param>
    public sealed record Answered(int Status, SlackHeaders Headers, ReadOnlyMemory<byte>? Body, string? BodyFault, DateTimeOffset At) : Exchange;
}
