using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace ThreadGrains.Slack.WebApi;

/// <summary>One HTTP exchange with Slack, and what came of it. Never a second try.</summary>
internal sealed class SlackTransport : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri _api;
    private readonly TimeProvider _clock;
    private readonly int _maxAnswer;
    private readonly ProductInfoHeaderValue _userAgent;
    private readonly Action<string, int?, TimeSpan>? _called;
    private readonly Action<SlackNotice>? _noticed;

    public SlackTransport(SlackClientOptions options, TimeProvider clock)
    {
        _api = options.Checked();
        _clock = clock;
        _called = options.Called;
        _noticed = options.Noticed;
        _maxAnswer = options.MaxAnswerBytes;
        _userAgent = new ProductInfoHeaderValue("ThreadGrains", options.Version);
        _http = new HttpMessageInvoker(SlackSockets.Handler(options));
        GoesThroughProxy = SlackSockets.GoesThroughProxy(_api);
    }

    public bool GoesThroughProxy { get; }

    /// <param name="token">Goes into the Authorization header and nowhere else.</param>
    /// <param name="method">One of ours, such as "chat.update".</param>
    /// <param name="content">Tells afterwards whether bytes left.</param>
    /// <param name="timeout">For the whole call.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<Exchange> Call(SlackToken token, string method, OnceContent content, TimeSpan timeout, CancellationToken cancellation)
    {
        long started = _clock.GetTimestamp();
        var exchange = await CallOnce(token, method, content, timeout, cancellation);
        int? status = exchange is Exchange.Answered answered ? answered.Status : null;
        Activity.Current?.SetTag("http.response.status_code", status);
        _called?.Invoke(method, status, _clock.GetElapsedTime(started));
        if (_noticed is { } noticed && SlackNotice.Of(method, exchange) is { } notice)
        {
            noticed(notice);
        }

        return exchange;
    }

    private async Task<Exchange> CallOnce(SlackToken token, string method, OnceContent content, TimeSpan timeout, CancellationToken cancellation)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return new Exchange.NeverBegan("window_closed");
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, method))
        {
            Content = content,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Secret);
        request.Headers.UserAgent.Add(_userAgent);

        using var deadline = new CancellationTokenSource(timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, either.Token);
        }
        catch (Exception failure) when (content.Begun || IsTransport(failure))
        {
            return content.Begun
                ? new Exchange.BrokenOff(Evidence(failure, deadline.IsCancellationRequested, cancellation.IsCancellationRequested))
                : new Exchange.NeverBegan(Reason(failure, content, deadline.IsCancellationRequested, cancellation.IsCancellationRequested));
        }

        using (response)
        {
            var headers = Headers(response);
            var at = _clock.GetUtcNow();
            try
            {
                var body = await ReadBody(response, either.Token);
                return new Exchange.Answered((int)response.StatusCode, headers, body, body is null ? "too_large" : null, at);
            }
            catch (Exception failure) when (IsTransport(failure))
            {
                var fault = Evidence(failure, deadline.IsCancellationRequested, cancellation.IsCancellationRequested);
                return new Exchange.Answered((int)response.StatusCode, headers, Body: null, fault, at);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsTransport(Exception failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException or SocketException or AuthenticationException;

    private static string Reason(Exception failure, OnceContent content, bool timedOut, bool cancelled) => failure switch
    {
        _ when content.FoundWindowClosed => "window_closed",
        _ when cancelled => "cancelled",
        _ when timedOut => "timeout",
        OperationCanceledException => "connect_timeout", // the handler's own: neither of ours has fired
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "dns",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "proxy",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "refused",
        _ => "connect",
    };

    private static string Evidence(Exception failure, bool timedOut, bool cancelled) => failure switch
    {
        _ when cancelled => "cancelled",
        _ when timedOut => "timeout",
        _ when SocketErrorOf(failure) is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "reset",
        _ when SocketErrorOf(failure) is SocketError.TimedOut => "timeout",
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "cut_off",
        HttpRequestException request => SlackRedaction.Redact($"broken:{request.HttpRequestError}"),
        _ => $"broken:{failure.GetType().Name}",
    };

    private static SocketError? SocketErrorOf(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }

    private static SlackHeaders Headers(HttpResponseMessage response) => new(
        Header(response, "X-OAuth-Scopes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        DateTimeOffset.TryParseExact(Header(response, "Date"), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null,
        Header(response, "x-slack-req-id"))
    {
        RetryAfter = Header(response, "Retry-After"),
    };

    // As it came: the typed headers drop what they cannot read, and a 429 with a broken Retry-After is a case of its own.
    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) && values.Count == 1 ? values.ToString() : null;

    /// <returns>Null: larger than we read.</returns>
    private async Task<ReadOnlyMemory<byte>?> ReadBody(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var read = await stream.ReadAsync(buffer.GetMemory(4096), cancellation);
            if (read == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(read);
            if (buffer.WrittenCount > _maxAnswer)
            {
                return null;
            }
        }
    }
}
