using System.Globalization;
using System.Text.Json;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// A message to be posted: a <see cref="RootMessage"/> or a <see cref="ReplyMessage"/>. Two types, so that a reply cannot be
/// built without its thread and end up in the channel.
/// </summary>
public abstract record OutgoingMessage
{
    /// <summary>
    /// Slack recommends at most 4,000 characters (chat.postMessage, text) and takes no more in an edit. Beside blocks the text
    /// is only for notifications and for readers without blocks.
    /// </summary>
    public const int MaxText = 4000;

    private readonly string _channel = "";
    private readonly string _text = "";
    private readonly BlockList _blocks = BlockList.Empty;

    private protected OutgoingMessage()
    {
    }

    /// <summary>The channel's id.</summary>
    public required string Channel
    {
        get => _channel;
        init => _channel = SlackIds.Check(value, nameof(Channel));
    }

    /// <summary>The whole message for readers without blocks, and for notifications; mrkdwn, escaped, 1 to 4,000 characters.</summary>
    public required string Text
    {
        get => _text;
        init => _text = Limits.Text(value, MaxText, "text");
    }

    /// <summary>What is shown. The first block has no <c>block_id</c> of its own: the marker goes there.</summary>
    public required BlockList Blocks
    {
        get => _blocks;
        init => _blocks = MarkerPlace.Check(value);
    }

    /// <summary>How the message is recognised when it is read back.</summary>
    public required PostMarker Marker { get; init; }

    /// <summary>
    /// True: send without metadata, after Slack refused it (<see cref="RefusalScope.Metadata"/>). The first <c>block_id</c>
    /// stays, so without blocks such a message could not be recognised: that is refused.
    /// </summary>
    public bool OmitMetadata { get; init; }

    /// <summary>Where it goes, never what it says.</summary>
    public sealed override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{GetType().Name} {Marker.Post:D} to {Channel}");

    internal ReadOnlyMemory<byte> ToBytes()
    {
        if (OmitMetadata && Blocks.Count == 0)
        {
            throw new InvalidOperationException("A message without metadata and without blocks would carry no marker.");
        }

        return SlackJson.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("channel", Channel);
            WriteThread(json);
            json.WriteString("text", Text);
            MarkerPlace.Write(json, Blocks, Marker, OmitMetadata);
            json.WriteString("parse", "none");
            json.WriteBoolean("link_names", false);
            json.WriteBoolean("unfurl_links", false);
            json.WriteBoolean("unfurl_media", false);
            json.WriteEndObject();
        });
    }

    private protected abstract void WriteThread(Utf8JsonWriter json);
}

/// <summary>A message in the channel itself.</summary>
public sealed record RootMessage : OutgoingMessage
{
    private protected override void WriteThread(Utf8JsonWriter json)
    {
    }
}

/// <summary>A message in a thread.</summary>
public sealed record ReplyMessage : OutgoingMessage
{
    private readonly SlackTs _threadTs;

    /// <summary>The thread's parent; never a reply's own <c>ts</c>, with which Slack does undefined things.</summary>
    public required SlackTs ThreadTs
    {
        get => _threadTs;
        init => _threadTs = value.IsValid ? value : throw new ArgumentException("A reply needs its thread's ts.", nameof(value));
    }

    /// <summary>Also show it in the channel.</summary>
    public bool Broadcast { get; init; }

    private protected override void WriteThread(Utf8JsonWriter json)
    {
        json.WriteString("thread_ts", ThreadTs.ToString());
        json.WriteBoolean("reply_broadcast", Broadcast);
    }
}
