using System.Net;
using System.Net.Http.Headers;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// A request body that can be sent once. The HTTP stack asks for the body when it has a connection and before it has flushed
/// a byte (HTTP/1.1; the head is still in its buffer), so this is the place where the send window is checked last, and where
/// a silent second sending, whatever would cause it, ends in an error instead of a second message.
/// </summary>
internal sealed class OnceContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private readonly SendWindow? _window;
    private int _asked;

    public OnceContent(ReadOnlyMemory<byte> body, string mediaType, string? charset, SendWindow? window)
    {
        _body = body;
        _window = window;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType, charset);
    }

    /// <summary>True once bytes may have left: from then on a failure is a doubt.</summary>
    public bool Begun { get; private set; }

    /// <summary>The window was found closed just before the first byte.</summary>
    public bool FoundWindowClosed { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _asked, 1) != 0)
        {
            throw new IOException("This request was about to be sent a second time.");
        }

        if (_window is { AllowsFirstByte: false })
        {
            FoundWindowClosed = true;
            throw new IOException("The send window closed before the first byte.");
        }

        Begun = true;
        await stream.WriteAsync(_body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
