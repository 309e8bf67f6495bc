using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ThreadGrains.Grains.Tests.Callbacks;

/// <summary>A receiver that says exactly the bytes it is told to, HTTP or not, and keeps what it was sent.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _running;

    private RawReceiver(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _running = Run();
    }

    public List<string> Requests { get; } = [];

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static RawReceiver Saying(string text) => new(async (stream, stop) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop));

    public static RawReceiver Doing(Func<NetworkStream, CancellationToken, Task> answer) => new(answer);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task Run()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();
                Requests.Add(await Request(stream, _stop.Token));
                try
                {
                    await _answer(stream, _stop.Token);
                }
                catch (IOException)
                {
                    // The sender has heard enough.
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The test is over: the listener is stopped, in the middle of whatever it was doing.
        }
    }

    private static async Task<string> Request(NetworkStream stream, CancellationToken stop)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (true)
        {
            int read = await stream.ReadAsync(buffer, stop);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            string all = text.ToString();
            int head = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (head > 0 && Encoding.UTF8.GetByteCount(all[(head + 4)..]) >= Length(all[..head])))
            {
                return all;
            }
        }
    }

    private static int Length(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        .Select(line => int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();
}
