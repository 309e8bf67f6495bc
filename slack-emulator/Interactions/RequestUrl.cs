using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ThreadGrains.SlackEmulator.Hosting;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>The receiver's side of an interaction: what it answered, or why there is no answer.</summary>
/// <param name="Status">Its HTTP status; 0 when none came.</param>
/// <param name="Body">Its body.</param>
/// <param name="Error"><c>http_timeout</c> or <c>connection_failed</c>, when no answer came; <c>too_many_redirects</c> of an event.</param>
internal sealed record InteractionAnswer(int Status, string Body, string? Error = null)
{
    /// <summary>The receiver asked for no retries of an event (<c>X-Slack-No-Retry: 1</c>).</summary>
    [JsonIgnore]
    public bool NoRetry { get; init; }
}

/// <summary>Sends what Slack sends to an app: signed, in Slack's encoding, with Slack's headers. Interactions are sent once, whatever comes of it; <see cref="EventDeliveries"/> repeats events.</summary>
internal sealed class RequestUrl : IDisposable
{
    /// <summary>Slack, "Handling user interaction": an answer must come within 3 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const string FormType = "application/x-www-form-urlencoded";

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

    /// <summary>Posts an interaction to <c>{address}/slack/actions</c>, or a menu's search to <c>/slack/options</c>.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="copies">How often the very same signed bytes are sent: more than once is what a replay, or a doubled delivery, looks like.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The answer to the last copy.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<InteractionAnswer> SendInteraction(JsonObject payload, int copies, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent([new("payload", payload.ToJsonString(Format))]);
        var body = await form.ReadAsByteArrayAsync(cancellation);
        var path = (string?)payload["type"] == "block_suggestion" ? "/slack/options" : "/slack/actions";
        var headers = Signed(body);
        var answer = await Post(path, FormType, body, headers, cancellation);
        for (var copy = 1; copy < copies; copy++) answer = await Post(path, FormType, body, headers, cancellation);
        return answer;
    }

    /// <summary>Posts a body of the Events API to <c>{address}/slack/events</c>, signed anew; follows two redirects, as Slack does for events.</summary>
    public async Task<InteractionAnswer> SendEvent(JsonObject body, IReadOnlyList<(string Name, string Value)> more, CancellationToken cancellation)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString(Format));
        return await Post("/slack/events", "application/json", bytes, [.. Signed(bytes), .. more], cancellation, redirects: 2);
    }

    /// <summary>Asks as Slack does for a distributed app whether its certificate is good: unsigned, to the slash command's address.</summary>
    public async Task<InteractionAnswer> SendSslCheck(string token, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent([new("ssl_check", "1"), new("token", token)]);
        return await Post("/slack/commands", FormType, await form.ReadAsByteArrayAsync(cancellation), [], cancellation);
    }

    private List<(string Name, string Value)> Signed(byte[] body)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return [("X-Slack-Request-Timestamp", timestamp), ("X-Slack-Signature", SlackSignature.Of(_secret, timestamp, body))];
    }

    private async Task<InteractionAnswer> Post(
        string path, string type, byte[] body, IReadOnlyList<(string Name, string Value)> headers, CancellationToken cancellation, int? redirects = null)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var address = new Uri(Address!.ToString().TrimEnd('/') + path);
        try
        {
            while (true)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, address);
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
                request.Headers.TryAddWithoutValidation("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)");
                request.Headers.TryAddWithoutValidation("Accept", "application/json,*/*");
                foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);

                using var response = await _http.SendAsync(request, either.Token);
                if (redirects is null || response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found) || response.Headers.Location is not { } elsewhere)
                {
                    return new InteractionAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(either.Token))
                    {
                        NoRetry = response.Headers.TryGetValues("X-Slack-No-Retry", out var values) && values.Contains("1"),
                    };
                }
                if (redirects-- == 0) return new InteractionAnswer((int)response.StatusCode, "", "too_many_redirects");
                address = new Uri(address, elsewhere);
            }
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
