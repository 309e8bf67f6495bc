namespace ThreadGrains.Grains.Channels;

/// <summary>The answer to the wish to call Slack now.</summary>
[GenerateSerializer, Immutable, Alias("threadgrains.PermitAnswer")]
internal abstract record PermitAnswer
{
    private PermitAnswer()
    {
    }

    /// <summary>
    /// The right to make one call, until the moment given, with the installation that is in force: a silo that knows another
    /// token asks again before it calls.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("threadgrains.PermitAnswer.Granted")]
    public sealed record Granted([property: Id(0)] DateTimeOffset Until, [property: Id(1)] string? Installation = null) : PermitAnswer;

    /// <summary>Not yet: ask again then, the place is kept.</summary>
    [GenerateSerializer, Immutable, Alias("threadgrains.PermitAnswer.NotBefore")]
    public sealed record NotBefore([property: Id(0)] DateTimeOffset At) : PermitAnswer;

    /// <summary>Nothing can be posted there for Slack's error given; the next probe goes at the moment given.</summary>
    [GenerateSerializer, Immutable, Alias("threadgrains.PermitAnswer.Parked")]
    public sealed record Parked([property: Id(0)] string Error, [property: Id(1)] DateTimeOffset ProbeAt) : PermitAnswer;
}
