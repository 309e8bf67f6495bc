using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ThreadGrains.Slack.Signing;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>What one request to our own address came to.</summary>
internal abstract record ProbeAnswer
{
    private ProbeAnswer()
    {
    }

    /// <summary>An HTTP answer; of its body only the beginning.</summary>
    public sealed record Answered(int Status, string Body, string? Location) : ProbeAnswer;

    /// <summary>None: <c>dns</c>, <c>refused</c>, <c>timeout</c>, <c>tls</c>, or <c>broken</c>.</summary>
    public sealed record None(string Reason) : ProbeAnswer;
}

/// <summary>What was asked at one address. Null: not asked.</summary>
/// <param name="Unsigned">A click without a signature.</param>
/// <param name="Certificate">Slack's unsigned test of the certificate.</param>
/// <param name="Signed">The same click, signed with the configured secret.</param>
/// <param name="Handshake">The signed handshake of the events address.</param>
internal sealed record AddressFacts(ProbeAnswer Unsigned, ProbeAnswer? Certificate, ProbeAnswer? Signed, ProbeAnswer? Handshake);

/// <summary>
/// Sends to our own address what Slack sends, signed with our own secret. The click is of a type that nothing handles:
/// whoever takes it checks the signature and the workspace, and does nothing.
/// </summary>
internal sealed class AddressProbe : IDisposable
{
    public const string Challenge = "threadgrains-doctor";

    private const int MostBody = 4096;
    private const string Form = "application/x-www-form-urlencoded";

    private readonly TimeProvider _clock;
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // Slack follows none either
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public AddressProbe(TimeProvider clock)
    {
        _clock = clock;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ThreadGrains-doctor", "1"));
    }

    public Task<ProbeAnswer> Ready(Uri address, CancellationToken cancellation) =>
        Send(new HttpRequestMessage(HttpMethod.Get, Below(address, "health/ready")), cancellation);

    public async Task<AddressFacts> Ask(Uri address, string? secret, string? workspace, string? appId, CancellationToken cancellation)
    {
        byte[] click = Encoding.UTF8.GetBytes("payload=" + Uri.EscapeDataString(JsonSerializer.Serialize(
            new { type = "threadgrains_doctor", team = new { id = workspace }, api_app_id = appId, action_ts = _clock.GetUtcNow().ToUnixTimeMilliseconds() })));
        var unsigned = await Post(Below(address, "slack/actions"), Form, click, secret: null, cancellation);
        if (unsigned is not ProbeAnswer.Answered { Status: 401 } || secret is null)
        {
            return new AddressFacts(unsigned, null, null, null);
        }

        var certificate = await Post(Below(address, "slack/actions"), Form, "ssl_check=1"u8.ToArray(), secret, cancellation);
        var signed = await Post(Below(address, "slack/actions"), Form, click, secret, cancellation);
        byte[] handshake = JsonSerializer.SerializeToUtf8Bytes(new { type = "url_verification", challenge = Challenge });
        return new AddressFacts(unsigned, certificate, signed, await Post(Below(address, "slack/events"), "application/json", handshake, secret, cancellation));
    }

    public void Dispose() => _http.Dispose();

    private static Uri Below(Uri address, string path) => new(address.AbsoluteUri.TrimEnd('/') + "/" + path);

    private Task<ProbeAnswer> Post(Uri address, string type, byte[] body, string? secret, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (secret is not null)
        {
            var (timestamp, signature) = SlackRequestSigner.Sign(secret, _clock.GetUtcNow(), body);
            request.Headers.Add(SlackSignatureVerifier.TimestampHeader, timestamp);
            request.Headers.Add(SlackSignatureVerifier.SignatureHeader, signature);
        }

        return Send(request, cancellation);
    }

    private async Task<ProbeAnswer> Send(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            try
            {
                using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
                byte[] body = new byte[MostBody];
                int read = await stream.ReadAtLeastAsync(body, MostBody, throwOnEndOfStream: false, cancellation);
                return new ProbeAnswer.Answered((int)answer.StatusCode, Encoding.UTF8.GetString(body, 0, read), answer.Headers.Location?.ToString());
            }
            catch (HttpRequestException failure)
            {
                return new ProbeAnswer.None(failure switch
                {
                    { HttpRequestError: HttpRequestError.NameResolutionError } => "dns",
                    { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls",
                    { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "refused",
                    { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } } => "timeout",
                    _ => "broken",
                });
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return new ProbeAnswer.None("timeout");
            }
            catch (IOException)
            {
                return new ProbeAnswer.None("broken");
            }
        }
    }
}
