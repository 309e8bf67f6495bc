namespace ThreadGrains.Silo;

/// <summary>The process cannot start as it is asked to. The message is one line for the operator: what is wrong and how to mend it.</summary>
public sealed class StartRefusedException : Exception
{
    /// <summary>Refuses without an explanation; used by serializers only.</summary>
    public StartRefusedException()
    {
    }

    /// <summary>Refuses with the operator's line.</summary>
    public StartRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>Refuses with the operator's line and what led to it.</summary>
    public StartRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
