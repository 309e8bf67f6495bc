namespace ThreadGrains.Slack;

/// <summary>The right to open one view within 3 seconds, given with an interaction. A secret: it prints as nothing.</summary>
public sealed class TriggerId
{
    /// <summary>Wraps a trigger.</summary>
    /// <exception cref="ArgumentException">Blank.</exception>
    public TriggerId(string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        Secret = secret;
    }

    internal string Secret { get; }

    /// <summary>Never the trigger.</summary>
    public override string ToString() => "…";
}
