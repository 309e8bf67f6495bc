using System.Net;

namespace ThreadGrains.CrashPoints;

/// <summary>
/// Stands between the product's Slack client and Slack, in the same process, so that the process can die when nothing, half or
/// all of a request has reached Slack. The product knows it only as Slack's address.
/// </summary>
internal sealed class SlackRelay : IAsyncDisposable
{
    /// <summary>Names of ours and of HTTP's that each connection has for itself.</summary>
    private static readonly string[] NotPassedOn = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Content-Type"];

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly WebApplication _server;
    private readonly Uri _slack;
    private readonly KillSwitch _killSwitch;

    private SlackRelay(Uri slack, KillSwitch killSwitch)
    {
        (_slack, _killSwitch) = (slack, killSwitch);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(Relay);
    }

    /// <summary>What the product takes for Slack's Web API.</summary>
    public Uri Address => new(new Uri(_server.Urls.Single()), "/api/");

    /// <param name="slack">The Web API that is meant, with the slash at its end.</param>
    /// <param name="killSwitch">Knows which call is hit.</param>
    public static async Task<SlackRelay> Start(Uri slack, KillSwitch killSwitch)
    {
        var relay = new SlackRelay(slack, killSwitch);
        await relay._server.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    private async Task Relay(HttpContext http)
    {
        string method = http.Request.Path.Value!.Split('/')[^1];
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var fate = _killSwitch.Meets(method);
        switch (fate)
        {
            case Fate.Before:
                KillSwitch.Die();
                return;
            case Fate.Lost:
                http.Abort();
                return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_slack, method))
        {
            Content = fate is Fate.Half ? new HalfContent(body.ToArray()) : new ByteArrayContent(body.ToArray()),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        foreach (var (name, value) in http.Request.Headers.Where(header => !NotPassedOn.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        }

        HttpResponseMessage answer;
        byte[] told;
        try
        {
            answer = await _http.SendAsync(request, http.RequestAborted);
            told = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException)
        {
            http.Abort(); // as the connection to Slack broke, so does ours
            return;
        }

        using var disposed = answer;
        switch (fate)
        {
            case Fate.After:
                KillSwitch.Die();
                return;
            case Fate.Unanswered:
                http.Abort();
                return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        foreach (var (name, values) in answer.Headers.Where(header => !NotPassedOn.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        await http.Response.Body.WriteAsync(told);
    }

    /// <summary>Announces its whole length, sends half of it, and dies.</summary>
    private sealed class HalfContent(byte[] whole) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(whole.AsMemory(0, whole.Length / 2));
            await stream.FlushAsync();
            KillSwitch.Die();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = whole.Length;
            return true;
        }
    }
}
