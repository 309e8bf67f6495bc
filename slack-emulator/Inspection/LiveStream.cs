using System.Threading.Channels;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>Something that happened in the emulated Slack, for whoever watches it live.</summary>
internal abstract record Happening
{
    private Happening()
    {
    }

    /// <param name="Kind"><c>message</c>, <c>edit</c> or <c>delete</c>.</param>
    /// <param name="Message">The message, as it is after that.</param>
    internal sealed record ToMessage(string Kind, StoredMessage Message) : Happening;

    internal sealed record ToPerson(Ephemeral Ephemeral) : Happening;

    internal sealed record ToChannel(string Team, string Channel) : Happening;
}

/// <summary>
/// Hands happenings to everybody who watches. A watcher that does not keep up is let go, instead of holding memory for it:
/// a browser connects again on its own and reads the state anew.
/// </summary>
internal sealed class LiveStream
{
    private const int Backlog = 10_000;

    private readonly Lock _gate = new();
    private readonly List<Channel<Told>> _watchers = [];

    public void Tell(Happening? happening, Task durable)
    {
        if (happening is null) return;
        lock (_gate)
        {
            if (_watchers.Count == 0) return;
            var told = new Told(StreamJson.Of(happening), durable);
            for (var i = _watchers.Count - 1; i >= 0; i--)
            {
                if (_watchers[i].Writer.TryWrite(told)) continue;
                _watchers[i].Writer.Complete();
                _watchers.RemoveAt(i);
            }
        }
    }

    public Channel<Told> Watch()
    {
        var watcher = Channel.CreateBounded<Told>(Backlog);
        lock (_gate) _watchers.Add(watcher);
        return watcher;
    }

    public void Leave(Channel<Told> watcher)
    {
        lock (_gate) _watchers.Remove(watcher);
    }
}

/// <param name="Json">The happening as UTF-8 JSON.</param>
/// <param name="Durable">It may be shown when this has ended.</param>
internal sealed record Told(byte[] Json, Task Durable);
