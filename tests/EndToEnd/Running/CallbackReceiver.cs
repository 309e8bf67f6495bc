using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreadGrains.Silo;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>One call as it came.</summary>
internal sealed record ReceivedCallback(string Id, string Timestamp, string Signature, string Body, int Answered)
{
    public JsonElement Data => JsonDocument.Parse(Body).RootElement.GetProperty("data");

    public string Group => Data.GetProperty("group").GetString()!;

    public long Sequence => Data.GetProperty("sequence").GetInt64();
}

/// <summary>A tracker that is told by callbacks; it answers what the test wants and keeps what came.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] NextKey = RandomNumberGenerator.GetBytes(32);

    private readonly HttpListener _listener = new();
    private readonly List<ReceivedCallback> _received = [];
    private readonly Task _running;

    public CallbackReceiver()
    {
        Address = $"http://127.0.0.1:{LoopbackPorts.ChooseOne()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _running = Run();
    }

    public string Address { get; }

    /// <summary>What it answers from now on.</summary>
    public int Status { get; set; } = 204;

    public IReadOnlyList<ReceivedCallback> Received
    {
        get
        {
            lock (_received)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>Those that it took, by its own answer.</summary>
    public IReadOnlyList<ReceivedCallback> Taken => [.. Received.Where(callback => callback.Answered < 300)];

    /// <summary>The product's settings to call here, with two secrets as during a rotation; retries within tenths of seconds.</summary>
    public IReadOnlyDictionary<string, string> Settings => For(Address, $"{Secret(Key)} {Secret(NextKey)}");

    public static IReadOnlyDictionary<string, string> For(string address, string secret) => new Dictionary<string, string>
    {
        ["ThreadGrains__Callback__Url"] = address,
        ["ThreadGrains__Callback__Secret"] = secret,
        ["ThreadGrains__Callback__AllowPrivate"] = "true",
        ["ThreadGrains__Callback__FirstRetry"] = "00:00:00.1",
        ["ThreadGrains__Callback__MaxRetry"] = "00:00:00.5",
        ["ThreadGrains__Callback__MaxAttempts"] = "100",
        ["ThreadGrains__Callback__MaxRefusals"] = "2",
        ["ThreadGrains__Callback__Timeout"] = "00:00:02",
    };

    public static string Secret(byte[] key) => $"whsec_{Convert.ToBase64String(key)}";

    /// <summary>Both signatures are right, each over id, time and the bytes as they came.</summary>
    public static void Verify(ReceivedCallback callback)
    {
        byte[] signed = Encoding.UTF8.GetBytes($"{callback.Id}.{callback.Timestamp}.{callback.Body}");
        Assert.Equal(string.Join(' ', new[] { Key, NextKey }.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}")), callback.Signature);
        long seconds = long.Parse(callback.Timestamp, CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds, -5, 300);
        Assert.Equal(callback.Id, callback.Data.GetProperty("id").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running;
    }

    private async Task Run()
    {
        try
        {
            while (true)
            {
                var call = await _listener.GetContextAsync();
                using var body = new StreamReader(call.Request.InputStream, Encoding.UTF8);
                int status = Status;
                var received = new ReceivedCallback(
                    call.Request.Headers["webhook-id"]!, call.Request.Headers["webhook-timestamp"]!, call.Request.Headers["webhook-signature"]!, await body.ReadToEndAsync(), status);
                lock (_received)
                {
                    _received.Add(received);
                }

                call.Response.StatusCode = status;
                call.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
