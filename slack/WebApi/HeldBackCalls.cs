using System.Collections.Concurrent;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// Methods that Slack limited, by token. Until the wait is over such a call is not made and ends as limited. Posts into
/// channels, edits and reads of conversations are not among them: the lanes that all silos share pace these.
/// </summary>
internal sealed class HeldBackCalls(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(SlackToken Token, string Method), LimitedPause> _pauses = new();

    /// <summary>Makes the call, unless Slack asked to wait with such calls.</summary>
    public async Task<Exchange> Call(SlackToken token, string method, Func<Task<Exchange>> call)
    {
        var key = (token, method);
        if (_pauses.TryGetValue(key, out var known))
        {
            lock (known)
            {
                var left = known.Until - clock.GetUtcNow();
                if (left > TimeSpan.Zero)
                {
                    return new Exchange.HeldBack(left);
                }
            }
        }

        var exchange = await call();
        if (Answer.Of(exchange) is Answer.Limited limited)
        {
            var pause = _pauses.GetOrAdd(key, _ => new LimitedPause());
            lock (pause)
            {
                pause.Refused(limited.RetryAfter, clock.GetUtcNow());
            }
        }
        else if (exchange is Exchange.Answered)
        {
            _pauses.TryRemove(key, out _);
        }

        return exchange;
    }
}
