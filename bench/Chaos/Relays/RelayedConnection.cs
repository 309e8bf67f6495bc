using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Chaos.Relays;

/// <summary>One connection through a relay: two sockets, and what is done to the bytes between them.</summary>
internal sealed class RelayedConnection(Socket near, string? owner)
{
    private const int BufferBytes = 64 * 1024;

    private readonly Socket _far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Lock _gate = new();
    private TaskCompletionSource _passing = Completed();
    private Cut _cut;
    private bool _swallowed;
    private int _held;

    /// <summary>The process that opened it, where that is known.</summary>
    public string? Owner => owner;

    /// <summary>Whether something of it was swallowed: what was lost in between cannot be mended any more.</summary>
    public bool HasSwallowed
    {
        get
        {
            lock (_gate)
            {
                return _swallowed;
            }
        }
    }

    /// <summary>Whether bytes wait in it.</summary>
    public bool Holds => Volatile.Read(ref _held) > 0;

    public void Set(Cut cut)
    {
        bool reset;
        lock (_gate)
        {
            reset = cut == Cut.Refuse || (_swallowed && cut != Cut.Swallow);
            _cut = cut;
            if (cut == Cut.Hold)
            {
                _passing = _passing.Task.IsCompleted ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : _passing;
            }
            else
            {
                _passing.TrySetResult();
            }
        }

        if (reset)
        {
            Reset();
        }
    }

    /// <summary>Relays until one side ends; then the other one ends in the same way.</summary>
    public async Task Run(IPEndPoint target)
    {
        try
        {
            near.NoDelay = true;
            await _far.ConnectAsync(target);
            bool[] ended = await Task.WhenAll(Pump(near, _far), Pump(_far, near));
            if (ended.All(orderly => orderly))
            {
                near.Close();
                _far.Close();
                return;
            }
        }
        catch (SocketException)
        {
            // Nobody listens there: the near side hears of it by the reset below.
        }
        catch (ObjectDisposedException)
        {
            // Reset from outside before it was connected.
        }

        Reset();
    }

    /// <summary>Ends both sides at once, without what is still unsent.</summary>
    public void Reset()
    {
        foreach (var socket in (Socket[])[near, _far])
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // It has ended already.
            }

            socket.Close(0);
        }
    }

    /// <returns>True: the source has ended in order.</returns>
    private async Task<bool> Pump(Socket source, Socket sink)
    {
        byte[] buffer = new byte[BufferBytes];
        byte[] ahead = new byte[BufferBytes];
        try
        {
            int count = await source.ReceiveAsync(buffer);
            while (count > 0)
            {
                var next = source.ReceiveAsync(ahead);
                if (!await Passes(next))
                {
                    Reset();
                    return false;
                }

                if (!Swallows())
                {
                    await sink.SendAsync(buffer.AsMemory(0, count));
                }

                count = await next;
                (buffer, ahead) = (ahead, buffer);
            }

            sink.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            Reset();
            return false;
        }
    }

    /// <summary>Waits while bytes are held. Their writer may give up meanwhile: then they must never arrive.</summary>
    /// <param name="next">What comes after them; 0: nothing, the writer has ended.</param>
    private async Task<bool> Passes(Task<int> next)
    {
        var passing = _passing.Task;
        if (passing.IsCompleted)
        {
            return true;
        }

        Interlocked.Increment(ref _held);
        try
        {
            if (await Task.WhenAny(passing, next) == next && await next == 0)
            {
                return false;
            }

            await passing;
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }

    private bool Swallows()
    {
        lock (_gate)
        {
            _swallowed |= _cut == Cut.Swallow;
            return _cut == Cut.Swallow;
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
