using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>
/// POSTs a callback, signed. Each call resolves the name anew, checks every address and connects to exactly the one checked, so
/// that a name cannot lead into our own network between the look and the call. No redirects, no proxy, no cookies; time and
/// size are capped, and what the receiver says beside its status is not looked at.
/// </summary>
internal sealed class CallbackSender : IDisposable
{
    /// <summary>How much of an answer is read, so that a receiver that writes one is not cut off; the rest is.</summary>
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly HttpClient _http;
    private readonly CallbackOptions _options;
    private readonly TimeProvider _clock;
    private readonly CallbackSecrets? _secrets;

    public CallbackSender(IOptions<CallbackOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _clock = clock;
        _secrets = _options.IsConfigured ? CallbackSecrets.Parse(_options.Secret!) : null;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = Connect,
            MaxResponseHeadersLength = 64,
            // A connection of its own for each call: that is what makes the check one of each call.
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends one callback.</summary>
    /// <param name="id">The activity's id: <c>webhook-id</c>, the same at each try.</param>
    /// <param name="body">The body as it was fixed at accept.</param>
    /// <param name="stopping">Gives up; then nobody knows what became of it.</param>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async Task<CallbackOutcome> Send(string id, string body, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            using var request = Request(id, Encoding.UTF8.GetBytes(body));
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await Drain(answer, either.Token);
            return OutcomeOf(answer);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new CallbackOutcome.Failed("timeout");
        }
        catch (HttpRequestException error)
        {
            return OutcomeOf(error);
        }
        catch (IOException)
        {
            return new CallbackOutcome.Failed("invalid_answer");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string id, byte[] body)
    {
        long timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", _secrets!.Sign(id, timestamp, body));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("ThreadGrains", "1"));
        return request;
    }

    private CallbackOutcome OutcomeOf(HttpResponseMessage answer)
    {
        int status = (int)answer.StatusCode;
        string word = status.ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            >= 200 and < 300 => new CallbackOutcome.Taken(),
            >= 300 and < 400 => new CallbackOutcome.Refused("redirect"),
            410 => new CallbackOutcome.Gone(),
            429 or 503 => new CallbackOutcome.Failed(word, RetryAfter(answer)),
            408 or 425 => new CallbackOutcome.Failed(word),
            >= 400 and < 500 => new CallbackOutcome.Refused(word),
            _ => new CallbackOutcome.Failed(word),
        };
    }

    private static CallbackOutcome OutcomeOf(HttpRequestException error)
    {
        if (error.InnerException is AddressNotAllowed || error.InnerException?.InnerException is AddressNotAllowed)
        {
            return new CallbackOutcome.Refused("private_address");
        }

        return new CallbackOutcome.Failed(error.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "name_resolution",
            HttpRequestError.ConnectionError => "connection",
            HttpRequestError.SecureConnectionError => "tls",
            _ => "invalid_answer",
        });
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _clock.GetUtcNow() => date - _clock.GetUtcNow(),
        _ => null,
    };

    /// <summary>The status has decided already: an answer that breaks off, drips or never ends changes nothing about it.</summary>
    private static async Task Drain(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            byte[] buffer = new byte[8 * 1024];
            for (int total = 0, read = 1; read > 0 && total < MaxAnswerBytes; total += read)
            {
                read = await body.ReadAsync(buffer, cancellation);
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            // See above.
        }
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        IPAddress[] resolved;
        try
        {
            resolved = await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (SocketException error)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, "The receiver's name cannot be resolved.", error);
        }

        IPAddress[] allowed = _options.AllowPrivate ? resolved : [.. resolved.Where(PublicAddress.Is)];
        if (allowed.Length == 0)
        {
            throw new AddressNotAllowed();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class AddressNotAllowed() : IOException("The receiver's name leads to an address that is not public.");
}
