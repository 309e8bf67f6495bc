using System.Text.Json;

namespace ThreadGrains.Slack.Blocks;

/// <summary>A text in a block: 1 to 3,000 characters (UTF-16 units; Slack, Block Kit, text object).</summary>
public abstract class TextObject
{
    private const int MaxLength = 3000;

    private protected TextObject(string text)
    {
        Text = Limits.Text(text, MaxLength, "text object");
    }

    /// <summary>What Slack gets: for <see cref="MarkdownText"/> already escaped.</summary>
    public string Text { get; }

    private protected abstract string Type { get; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", Type);
        json.WriteString("text", Text);
        json.WriteEndObject();
    }
}

/// <summary>Text in Slack's mrkdwn. Whatever comes from outside went through <see cref="Mrkdwn.Escape"/> before.</summary>
public sealed class MarkdownText(string mrkdwn) : TextObject(mrkdwn)
{
    private protected override string Type => "mrkdwn";
}

/// <summary>
/// Text without markup. Slack decodes entities here too as far as is known, so text from outside is escaped here as well.
/// </summary>
public sealed class PlainText(string text) : TextObject(text)
{
    private protected override string Type => "plain_text";
}
