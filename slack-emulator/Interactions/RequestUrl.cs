using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Hosting;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>The receiver's side of an interaction: what it answered, or why there is no answer.</summary>
/// <param name="Status">Its HTTP status; 0 when none came.</param>
/// <param name="Body">Its body.</param>
/// <param name="Error"><c>http_timeout</c> or <c>connection_failed</c>, when no answer came.</param>
internal sealed record InteractionAnswer(int Status, string Body, string? Error = null);

/// <summary>Sends what Slack sends to an app: signed, in Slack's encoding, with Slack's headers. Interactions are sent once, whatever comes of it.</summary>
internal sealed class RequestUrl : IDisposable
{
    /// <summary>Slack, "Handling user interaction": an answer must come within 3 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// A connection for each request: on one kept from before, an app that was restarted meanwhile would look as if it had failed.
    /// No redirects, no proxy, no headers beyond Slack's.
    /// </summary>
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly TimeProvider _clock;
    private readonly string _secret;
    private volatile Uri? _address;

    public RequestUrl(EmulatorOptions options, TimeProvider clock) => (_secret, _clock, _address) = (options.SigningSecret, clock, options.RequestUrl);

    /// <summary>The base address of the app; null: none is set.</summary>
    public Uri? Address
    {
        get => _address;
        set => _address = value;
    }

    /// <summary>Posts an interaction to <c>{address}/slack/actions</c>.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<InteractionAnswer> SendInteraction(JsonObject payload, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent([new("payload", payload.ToJsonString(Format))]);
        var body = await form.ReadAsByteArrayAsync(cancellation);
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address!.ToString().TrimEnd('/') + "/slack/actions"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        request.Headers.TryAddWithoutValidation("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)");
        request.Headers.TryAddWithoutValidation("Accept", "application/json,*/*");
        request.Headers.TryAddWithoutValidation("X-Slack-Request-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Slack-Signature", SlackSignature.Of(_secret, timestamp, body));

        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            return new InteractionAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(either.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return new InteractionAnswer(0, "", "http_timeout");
        }
        catch (HttpRequestException)
        {
            return new InteractionAnswer(0, "", "connection_failed");
        }
    }

    public void Dispose() => _http.Dispose();
}
