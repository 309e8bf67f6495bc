using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>Tells open pages what happens, as it happens.</summary>
internal sealed class Happenings
{
    private readonly ConcurrentDictionary<Guid, System.Threading.Channels.Channel<string>> _listeners = [];

    /// <summary>Listens until the token is cancelled; a listener too slow to follow misses some and reads again.</summary>
    public async IAsyncEnumerable<string> Listen([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        var queue = System.Threading.Channels.Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[id] = queue;
        try
        {
            await foreach (string line in queue.Reader.ReadAllAsync(cancellation))
            {
                yield return line;
            }
        }
        finally
        {
            _listeners.TryRemove(id, out _);
        }
    }

    public void Tell(string kind, Message message)
    {
        if (!_listeners.IsEmpty)
        {
            Tell(new JsonObject { ["kind"] = kind, ["team"] = message.Team, ["channel"] = message.Channel, ["ts"] = message.Ts, ["message"] = MessageJson.ForInspection(message) });
        }
    }

    public void Tell(Ephemeral ephemeral)
    {
        if (!_listeners.IsEmpty)
        {
            Tell(new JsonObject { ["kind"] = "ephemeral", ["team"] = ephemeral.Team, ["channel"] = ephemeral.Channel, ["message"] = MessageJson.ForInspection(ephemeral) });
        }
    }

    public void Tell(JsonObject happening)
    {
        string line = happening.ToJsonString();
        foreach (var listener in _listeners.Values)
        {
            listener.Writer.TryWrite(line);
        }
    }
}
