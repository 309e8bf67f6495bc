using System.Globalization;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// A message of ours as it shall be from now on. Text, blocks and marker always go together: what Slack keeps of an omitted
/// one has changed over the years (chat.update).
/// </summary>
public sealed record MessageUpdate
{
    /// <summary>chat.update takes less text than chat.postMessage, and answers <c>msg_too_long</c>.</summary>
    public const int MaxText = 4000;

    private readonly string _channel = "";
    private readonly SlackTs _ts;
    private readonly string _text = "";
    private readonly BlockList _blocks = BlockList.Empty;

    /// <summary>The channel's id.</summary>
    public required string Channel
    {
        get => _channel;
        init => _channel = SlackIds.Check(value, nameof(Channel));
    }

    /// <summary>The message.</summary>
    public required SlackTs Ts
    {
        get => _ts;
        init => _ts = value.IsValid ? value : throw new ArgumentException("An update needs the message's ts.", nameof(value));
    }

    /// <summary>mrkdwn, escaped, 1 to 4,000 characters.</summary>
    public required string Text
    {
        get => _text;
        init => _text = Limits.Text(value, MaxText, "text");
    }

    /// <summary>The first block has no <c>block_id</c> of its own: the marker goes there.</summary>
    public required BlockList Blocks
    {
        get => _blocks;
        init => _blocks = MarkerPlace.Check(value);
    }

    /// <summary>The marker that the message was posted with.</summary>
    public required PostMarker Marker { get; init; }

    /// <summary>True: leave the metadata as it is in Slack.</summary>
    public bool OmitMetadata { get; init; }

    /// <summary>Which message, never what it says.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{nameof(MessageUpdate)} of {Channel}/{Ts}");

    internal ReadOnlyMemory<byte> ToBytes() => SlackJson.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("channel", Channel);
        json.WriteString("ts", Ts.ToString());
        json.WriteString("text", Text);
        MarkerPlace.Write(json, Blocks, Marker, OmitMetadata);
        json.WriteString("parse", "none");
        json.WriteBoolean("link_names", false);
        json.WriteEndObject();
    });
}
