namespace ThreadGrains.WebhookGateway.Clustering;

/// <summary>A gateway that finds no silo at its start, or no database, waits for one by itself.</summary>
internal sealed partial class PatientConnecting(TimeProvider clock, ILogger<PatientConnecting> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private string? _said;

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        // Once for each reason, and not once a second.
        if (exception.GetType().Name is var reason && reason != _said)
        {
            _said = reason;
            LogWaiting(reason, exception.Message);
        }

        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(EventName = "cluster_awaited", Level = LogLevel.Warning, Message = "No silo can be reached yet ({Reason}: {Detail}); requests are answered 503 and it is tried every second")]
    private partial void LogWaiting(string reason, string detail);
}
