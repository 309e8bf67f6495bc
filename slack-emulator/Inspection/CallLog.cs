namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>One call of the Web API, as it ended.</summary>
internal sealed class RecordedCall
{
    /// <summary>Counts from 1, in the order in which calls ended.</summary>
    public long N { get; set; }

    /// <summary>When the call had arrived completely.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Method { get; init; }

    /// <summary>Empty when the token was no workspace's.</summary>
    public required string Team { get; init; }

    public string? Channel { get; init; }
    public string? ThreadTs { get; init; }

    /// <summary>The message that came of it; of a late post once it has landed.</summary>
    public string? Ts { get; set; }

    /// <summary>0: the connection was dropped instead of an answer.</summary>
    public int Status { get; set; }

    public string? Error { get; set; }
    public string? Fault { get; set; }
    public string? Text { get; init; }
}

/// <summary>The calls of this process's life, the newest <see cref="Most"/> of them, in memory only.</summary>
internal sealed class CallLog
{
    private const int Most = 200_000;

    private readonly Lock _gate = new();
    private readonly Queue<RecordedCall> _calls = new();
    private long _last;

    public void Add(RecordedCall call)
    {
        lock (_gate)
        {
            call.N = ++_last;
            _calls.Enqueue(call);
            if (_calls.Count > Most) _calls.Dequeue();
        }
    }

    /// <param name="method">Only calls of this method; null: all.</param>
    /// <param name="since">Only calls after this number.</param>
    public IReadOnlyList<RecordedCall> Read(string? method, long since)
    {
        lock (_gate) return [.. _calls.Where(call => call.N > since && (method is null || call.Method == method))];
    }
}
