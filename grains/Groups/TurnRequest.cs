using System.Diagnostics;
using ThreadGrains.Groups;
using Activity = ThreadGrains.Groups.Activity;

namespace ThreadGrains.Grains.Groups;

/// <summary>What waits for a group's turn.</summary>
internal abstract record TurnRequest
{
    private TurnRequest()
    {
    }

    /// <summary>The span in which it came; default: nobody traces it.</summary>
    public ActivityContext Span { get; } = System.Diagnostics.Activity.Current is { Recorded: true } span ? span.Context : default;

    /// <summary>That span as W3C <c>traceparent</c>, to be kept with what the request becomes.</summary>
    public string? Trace => Span == default ? null : $"00-{Span.TraceId}-{Span.SpanId}-01";

    /// <summary>An activity from a sender; <paramref name="Batch"/>: those that came with it and must not overtake it.</summary>
    public sealed record ActivityTold(Activity Activity, byte[] Hash, AcceptBatch? Batch = null) : TurnRequest;

    /// <summary>An alert.</summary>
    public sealed record AlertTold(Alert Alert, byte[] Hash) : TurnRequest;

    /// <summary>A message that somebody else posted, to become a root.</summary>
    public sealed record Adoption(ParentAdoption Parent) : TurnRequest;

    /// <summary>A click, and the activity that it becomes if it changes something.</summary>
    public sealed record Clicked(Click Click, Activity Activity, byte[] Hash) : TurnRequest;
}

/// <summary>Activities that were sent together, in an order. Once one of them was put off, the later ones would overtake it.</summary>
internal sealed class AcceptBatch
{
    /// <summary>One of them was put off in a turn that has ended.</summary>
    public bool IsStopped { get; set; }
}

/// <summary>What a request came to.</summary>
internal abstract record TurnAnswer
{
    private TurnAnswer()
    {
    }

    /// <summary>To an activity or alert.</summary>
    public sealed record Accept(AcceptReceipt Receipt) : TurnAnswer;

    /// <summary>To an adoption.</summary>
    public sealed record Adopted(AdoptionReceipt Receipt) : TurnAnswer;

    /// <summary>To a click; <paramref name="Whisper"/> is mrkdwn for the eyes of the person who clicked.</summary>
    public sealed record Clicked(ClickReceipt Receipt, string? Whisper = null) : TurnAnswer;
}
