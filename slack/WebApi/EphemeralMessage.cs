using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.WebApi;

/// <summary>A message that one person sees for a while. Slack does not promise delivery, and it cannot be read back.</summary>
public sealed record EphemeralMessage
{
    private readonly string _channel = "";
    private readonly string _user = "";
    private readonly string _text = "";

    /// <summary>The channel's id; the person must be in it.</summary>
    public required string Channel
    {
        get => _channel;
        init => _channel = SlackIds.Check(value, nameof(Channel));
    }

    /// <summary>The user's id.</summary>
    public required string User
    {
        get => _user;
        init => _user = SlackIds.Check(value, nameof(User));
    }

    /// <summary>mrkdwn, escaped, 1 to 4,000 characters.</summary>
    public required string Text
    {
        get => _text;
        init => _text = Limits.Text(value, OutgoingMessage.MaxText, "text");
    }

    /// <summary>What is shown; empty: the text.</summary>
    public BlockList Blocks { get; init; } = BlockList.Empty;

    /// <summary>In this thread, which Slack only does if the thread is already active for that person.</summary>
    public SlackTs? ThreadTs { get; init; }

    /// <summary>To whom, never what it says.</summary>
    public override string ToString() => $"{nameof(EphemeralMessage)} to {User} in {Channel}";

    internal ReadOnlyMemory<byte> ToBytes() => SlackJson.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("channel", Channel);
        json.WriteString("user", User);
        if (ThreadTs is { IsValid: true } threadTs)
        {
            json.WriteString("thread_ts", threadTs.ToString());
        }

        json.WriteString("text", Text);
        if (Blocks.Count > 0)
        {
            json.WritePropertyName("blocks");
            Blocks.Write(json, firstBlockId: null);
        }

        json.WriteString("parse", "none");
        json.WriteBoolean("link_names", false);
        json.WriteEndObject();
    });
}
