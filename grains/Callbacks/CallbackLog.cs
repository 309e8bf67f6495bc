using Microsoft.Extensions.Logging;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>What callbacks tell the log: ids and what happens next, never where they go or what they say.</summary>
internal sealed partial class CallbackLog(ILogger<CallbackLog> logger)
{
    [LoggerMessage(EventName = "callback_delivered", Level = LogLevel.Debug, Message = "Callback {Callback} of group {Group} was taken by the tracker")]
    public partial void Delivered(Guid callback, Guid group);

    [LoggerMessage(EventName = "callback_retry", Level = LogLevel.Warning, Message = "Callback {Callback} of group {Group} was not taken ({Reason}); tried again at {DueAt:O}")]
    public partial void TriesAgain(Guid callback, Guid group, string reason, DateTimeOffset dueAt);

    [LoggerMessage(EventName = "callback_dead", Level = LogLevel.Error, Message = "Callback {Callback} of group {Group} is given up ({Reason}); it is listed as dead and can be replayed")]
    public partial void Dead(Guid callback, Guid group, string reason);

    [LoggerMessage(EventName = "callback_driver_failed", Level = LogLevel.Error, Message = "The driver of group {Group}'s callbacks failed; it goes on after a pause")]
    public partial void DriverFailed(Guid group, Exception error);
}
