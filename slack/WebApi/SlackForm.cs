using System.Globalization;
using System.Text;

namespace ThreadGrains.Slack.WebApi;

/// <summary>A form body. Arguments without a value are left out: Slack reads an empty one as given.</summary>
internal sealed class SlackForm
{
    private readonly StringBuilder _text = new();

    public SlackForm Add(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public SlackForm Add(string name, SlackTs? value) => Add(name, value is { IsValid: true } ts ? ts.ToString() : null);

    public SlackForm Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public SlackForm Add(string name, bool value) => Add(name, value ? "true" : "false");

    public ReadOnlyMemory<byte> ToBytes() => Encoding.ASCII.GetBytes(_text.ToString());
}
