namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>
/// The byte order mark that editors, proxies and Windows' tools put before a text. In UTF-8 it means nothing, and RFC 8259 lets a
/// reader of JSON skip it; any other one says that the text is no UTF-8.
/// </summary>
internal static class ByteOrderMark
{
    private static ReadOnlySpan<byte> Utf8 => [0xEF, 0xBB, 0xBF];

    /// <summary>The text without the mark of UTF-8.</summary>
    public static ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> text) => text[LengthIn(text)..];

    /// <inheritdoc cref="Skip(ReadOnlySpan{byte})"/>
    public static ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> text) => text[LengthIn(text.Span)..];

    /// <returns>The encoding whose mark the text begins with; null: it is UTF-8 or has no mark.</returns>
    public static string? OtherEncoding(ReadOnlySpan<byte> text) => text switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "UTF-32",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
        _ => null,
    };

    private static int LengthIn(ReadOnlySpan<byte> text) => text.StartsWith(Utf8) ? Utf8.Length : 0;
}
