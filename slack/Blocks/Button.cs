using System.Text.Json;

namespace ThreadGrains.Slack.Blocks;

/// <summary>The colour of a button.</summary>
public enum ButtonStyle
{
    /// <summary>Plain.</summary>
    Default = 0,

    /// <summary>Green. Slack asks for at most one in a row.</summary>
    Primary,

    /// <summary>Red.</summary>
    Danger,
}

/// <summary>A button. Its click comes back as an action; also that of a link button, which must be answered too.</summary>
public sealed class Button
{
    private const int MaxActionId = 255;
    private const int MaxText = 75;
    private const int MaxValue = 2000;
    private const int MaxUrl = 3000;

    private readonly string _text;
    private readonly string? _value;
    private readonly string? _url;

    /// <summary>Builds a button.</summary>
    /// <param name="actionId">What the click is called; 1 to 255 characters, unique in the message.</param>
    /// <param name="text">What is on it, escaped; 1 to 75 characters.</param>
    /// <exception cref="ArgumentException">A limit is passed; the message names field, limit and length.</exception>
    public Button(string actionId, string text)
    {
        ActionId = Limits.Text(actionId, MaxActionId, "action_id");
        _text = Limits.Text(text, MaxText, "button text");
    }

    /// <summary>What the click is called.</summary>
    public string ActionId { get; }

    /// <summary>What is on it.</summary>
    public string Text => _text;

    /// <summary>Comes back with the click, through the user's client: a pointer, never a proof. Up to 2,000 characters.</summary>
    public string? Value
    {
        get => _value;
        init => _value = Limits.OptionalText(value, MaxValue, "button value");
    }

    /// <summary>Plain unless said otherwise.</summary>
    public ButtonStyle Style { get; init; }

    /// <summary>An http or https address that opens on a click; up to 3,000 characters.</summary>
    public string? Url
    {
        get => _url;
        init
        {
            _url = Limits.OptionalText(value, MaxUrl, "button url");
            if (_url is not null && !(Uri.TryCreate(_url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            {
                throw new ArgumentException("button url: must be an absolute http or https address.");
            }
        }
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "button");
        json.WriteString("action_id", ActionId);
        json.WritePropertyName("text");
        new PlainText(_text).Write(json);
        if (_value is not null)
        {
            json.WriteString("value", _value);
        }

        if (Style != ButtonStyle.Default)
        {
            json.WriteString("style", Style == ButtonStyle.Primary ? "primary" : "danger");
        }

        if (_url is not null)
        {
            json.WriteString("url", _url);
        }

        json.WriteEndObject();
    }
}
