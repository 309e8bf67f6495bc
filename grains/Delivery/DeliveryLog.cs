using Microsoft.Extensions.Logging;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>What deliveries tell the log: ids and what happens next, never what a message says.</summary>
internal sealed partial class DeliveryLog(ILogger<DeliveryLog> logger)
{
    public void Tried(Guid post, Guid thread, PostOutcome outcome)
    {
        switch (outcome)
        {
            case PostOutcome.Posted posted:
                Posted(post, thread, posted.Ts.ToString());
                break;
            case PostOutcome.Unknown unknown:
                InDoubt(post, thread, unknown.Evidence);
                break;
            case PostOutcome.NotSlack stranger:
                InDoubt(post, thread, $"not_slack:{stranger.Status}");
                break;
            default:
                NotPosted(post, thread, outcome.GetType().Name, Reason(outcome));
                break;
        }
    }

    public void Looked(Guid post, Guid thread, ReadEvidence evidence) =>
        LookedFor(post, thread, evidence.GetType().Name, evidence is ReadEvidence.Unreadable unreadable ? unreadable.Reason : "");

    public void Edited(Guid thread, long revision, CallOutcome<UpdatedMessage> outcome)
    {
        if (outcome is not CallOutcome<UpdatedMessage>.Ok)
        {
            NotEdited(thread, revision, outcome.GetType().Name);
        }
    }

    [LoggerMessage(EventName = "post_made", Level = LogLevel.Debug, Message = "Post {Post} stands in thread {Thread} at {Ts}")]
    private partial void Posted(Guid post, Guid thread, string ts);

    [LoggerMessage(EventName = "post_in_doubt", Level = LogLevel.Warning, Message = "Post {Post} to thread {Thread} is in doubt ({Evidence}); reading the thread back")]
    private partial void InDoubt(Guid post, Guid thread, string evidence);

    [LoggerMessage(EventName = "post_not_made", Level = LogLevel.Information, Message = "Post {Post} to thread {Thread} was not made: {Outcome} {Reason}")]
    private partial void NotPosted(Guid post, Guid thread, string outcome, string reason);

    [LoggerMessage(EventName = "post_looked_for", Level = LogLevel.Information, Message = "Looked for post {Post} in thread {Thread}: {Evidence} {Reason}")]
    private partial void LookedFor(Guid post, Guid thread, string evidence, string reason);

    [LoggerMessage(EventName = "parent_not_edited", Level = LogLevel.Information, Message = "The parent of thread {Thread} does not show revision {Revision} yet: {Outcome}")]
    private partial void NotEdited(Guid thread, long revision, string outcome);

    [LoggerMessage(EventName = "foreign_row_in_doubt", Level = LogLevel.Warning, Message = "Post {Post} to thread {Thread} was under way when its sender ended; in doubt from now on")]
    public partial void ForeignRowInDoubt(Guid post, Guid thread);

    [LoggerMessage(EventName = "late_result", Level = LogLevel.Warning, Message = "The result of post {Post} to thread {Thread} came late: somebody else had taken the post over; kept as evidence")]
    public partial void LateResult(Guid post, Guid thread);

    [LoggerMessage(EventName = "second_copy", Level = LogLevel.Warning, Message = "A copy of post {Post} that the ledger does not name stands in thread {Thread}; it will be repaired")]
    public partial void SecondCopy(Guid post, Guid thread);

    [LoggerMessage(EventName = "thread_parked", Level = LogLevel.Warning, Message = "Thread {Thread} waits: {Error}")]
    public partial void Parked(Guid thread, string error);

    [LoggerMessage(EventName = "cleanup", Level = LogLevel.Information, Message = "Clean-up ({Why}) of thread {Thread}, done: {Done}")]
    public partial void CleanedUp(Guid thread, string why, bool done);

    [LoggerMessage(EventName = "unrenderable", Level = LogLevel.Error, Message = "Post {Post} to thread {Thread} could not be rendered as {Fullness}; a plainer message goes in its place")]
    public partial void Unrenderable(Guid post, Guid thread, Fullness fullness, Exception error);

    [LoggerMessage(EventName = "parent_unrenderable", Level = LogLevel.Error, Message = "The parent of thread {Thread} could not be rendered as {Fullness}; a plainer one is shown")]
    public partial void ParentUnrenderable(Guid thread, Fullness fullness, Exception error);

    /// <summary>A worker of a thread failed. One who is away is no error: it comes with every failover, for every thread.</summary>
    public void Failed(Guid thread, Exception error)
    {
        if (Setback.IsAway(error))
        {
            DriverWaits(thread, error.GetType().Name);
        }
        else
        {
            DriverFailed(thread, error);
        }
    }

    [LoggerMessage(EventName = "driver_waits", Level = LogLevel.Warning, Message = "The driver of thread {Thread} asked one who is away ({Reason}); it asks again after a pause")]
    private partial void DriverWaits(Guid thread, string reason);

    [LoggerMessage(EventName = "driver_failed", Level = LogLevel.Error, Message = "The driver of thread {Thread} failed; it goes on after a pause")]
    private partial void DriverFailed(Guid thread, Exception error);

    [LoggerMessage(EventName = "ownership_lost", Level = LogLevel.Warning, Message = "Group {Group} is not ours any more; memory dropped")]
    public partial void OwnershipLost(string group);

    /// <summary>The short code of an outcome: without secrets, and never what a message says.</summary>
    public static string Reason(PostOutcome outcome) => outcome switch
    {
        PostOutcome.NotSent n => n.Reason,
        PostOutcome.Limited l => l.Error,
        PostOutcome.RetryLater r => r.Error,
        PostOutcome.Refused r => $"{r.Scope}:{r.Error}",
        PostOutcome.NotSlack n => n.Status,
        _ => "",
    };
}
