using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.WebApi;

/// <summary>A message to one person. It goes to the person's id, which Slack turns into the direct message with our app.</summary>
public sealed record DirectMessage
{
    private readonly string _user = "";
    private readonly string _text = "";

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

    /// <summary>To whom, never what it says.</summary>
    public override string ToString() => $"{nameof(DirectMessage)} to {User}";

    internal ReadOnlyMemory<byte> ToBytes() => SlackJson.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("channel", User);
        json.WriteString("text", Text);
        json.WriteString("parse", "none");
        json.WriteBoolean("link_names", false);
        json.WriteBoolean("unfurl_links", false);
        json.WriteBoolean("unfurl_media", false);
        json.WriteEndObject();
    });
}
