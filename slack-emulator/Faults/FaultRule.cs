using System.Text.Json.Serialization;

namespace ThreadGrains.SlackEmulator.Faults;

/// <summary>What can go wrong on purpose. The names on the wire are the snake_case forms.</summary>
internal enum Fault
{
    /// <summary>Carried out and on the disk; the connection is dropped instead of an answer.</summary>
    LostAnswer,

    /// <summary>Dropped before anything was done.</summary>
    LostRequest,

    /// <summary>The connection is dropped at once; the call is carried out after some milliseconds.</summary>
    Late,

    /// <summary>Carried out at once, answered after some milliseconds.</summary>
    Slow,

    /// <summary>Status 500 with HTML, not carried out.</summary>
    Http500,

    /// <summary>Status 502 with HTML, not carried out.</summary>
    Http502,

    /// <summary>302 to another address, not carried out: a client that followed it would carry its token elsewhere.</summary>
    Redirect,

    /// <summary>Status 503 with HTML, not carried out.</summary>
    Http503,

    /// <summary>Status 200 with HTML, not carried out.</summary>
    Html200,

    /// <summary>429, not carried out. With <c>error</c> and without <c>retryAfter</c>: that error and no header, as a workspace over its quota answers.</summary>
    RateLimited,

    /// <summary>429 without the header, with the bare error (by default <c>message_limit_exceeded</c>) as its body and no JSON, not carried out.</summary>
    RateLimitedPlain,

    /// <summary>The given error, not carried out.</summary>
    Error,

    /// <summary>The given error, carried out all the same.</summary>
    ErrorStored,

    /// <summary>Status 200 with an empty body, not carried out.</summary>
    Empty200,

    /// <summary>Status 204 without a body, not carried out.</summary>
    Http204,

    /// <summary>Status 403 with HTML, not carried out.</summary>
    Http403,

    /// <summary>Status 404 with HTML, not carried out.</summary>
    Http404,

    /// <summary>Carried out; a proxy answers 200 with HTML in place of Slack.</summary>
    Html200Stored,

    /// <summary>Carried out; 200 with an empty body.</summary>
    Empty200Stored,

    /// <summary>Carried out; 204 without a body.</summary>
    Http204Stored,

    /// <summary>Carried out; 302 to another address.</summary>
    RedirectStored,

    /// <summary>Carried out; 403 with HTML.</summary>
    Http403Stored,

    /// <summary>Carried out; 404 with HTML.</summary>
    Http404Stored,

    /// <summary>Carried out; 503 with HTML.</summary>
    Http503Stored,

    /// <summary>A post that the reading methods do not show for some milliseconds.</summary>
    HideFromHistory,

    /// <summary>A post whose metadata is not stored.</summary>
    DropMetadata,

    /// <summary>A post whose metadata does not fit a declared schema: not stored, and the answer warns of it.</summary>
    RefuseMetadata,
}

/// <summary>When which fault happens.</summary>
internal sealed record FaultRule
{
    /// <summary>A method of the Web API, by its full name.</summary>
    public required string Method { get; init; }

    /// <summary>Only in this workspace; absent: in all.</summary>
    public string? Team { get; init; }

    /// <summary>Only in this channel; absent: in all.</summary>
    public string? Channel { get; init; }

    /// <summary>The share of matching calls, 0 to 1, drawn from seed, place of the rule, channel, and number of the call there.</summary>
    public double? Rate { get; init; }

    /// <summary>From the n-th matching call on, for <see cref="Times"/> calls (then 1 by default).</summary>
    public long? Nth { get; init; }

    /// <summary>For so many matching calls only, from the first or from <see cref="Nth"/>. Absent, and without <see cref="Nth"/>: for ever.</summary>
    public long? Times { get; init; }

    public required Fault Fault { get; init; }

    /// <summary>Slack's error code, for the faults that answer one.</summary>
    public string? Error { get; init; }

    /// <summary>Whole seconds, for <see cref="Fault.RateLimited"/>. Default 1.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>For <see cref="Fault.Late"/>, <see cref="Fault.Slow"/> and <see cref="Fault.HideFromHistory"/>. Default 5,000.</summary>
    public int? Milliseconds { get; init; }

    [JsonIgnore]
    public TimeSpan Time => TimeSpan.FromMilliseconds(Milliseconds ?? 5_000);

    /// <returns>What is wrong with the rule, or null.</returns>
    public string? Check(Func<string, bool> isMethod)
    {
        if (!isMethod(Method)) return $"method '{Method}' is not one of the emulator's";
        if (Rate is < 0 or > 1 or double.NaN) return "rate must be between 0 and 1";
        if (Rate is not null && Nth is not null) return "rate and nth exclude each other";
        if (Nth < 1) return "nth counts from 1";
        if (Times < 1) return "times must be at least 1";
        if (RetryAfter < 0 || Milliseconds < 0) return "retryAfter and milliseconds must not be negative";
        if (Fault is Fault.Error or Fault.ErrorStored && string.IsNullOrEmpty(Error)) return "this fault needs error";
        return null;
    }
}
