using System.Globalization;

namespace ThreadGrains.Slack;

/// <summary>
/// A message's <c>ts</c>: its identity within a channel, and its place in time there. Digits, a dot, six digits
/// ("1503435956.000247"), kept as Slack wrote them: a double would lose digits. The default value is no <c>ts</c> at all.
/// </summary>
public readonly record struct SlackTs : IComparable<SlackTs>
{
    // Slack's seconds have ten digits until the year 2286; eighteen still fit a long.
    private const int MaxSecondsDigits = 18;
    private const int MicrosecondDigits = 6;

    private readonly string? _text;

    private SlackTs(string text) => _text = text;

    /// <summary>False for <c>default</c>, which no message has.</summary>
    public bool IsValid => _text is not null;

    /// <summary>Reads a <c>ts</c>.</summary>
    /// <exception cref="FormatException">The text is not digits, a dot and six digits.</exception>
    public static SlackTs Parse(string text) => TryParse(text, out var ts)
        ? ts
        : throw new FormatException("A Slack ts is digits, a dot and six digits.");

    /// <summary>Reads a <c>ts</c>; false, and the invalid default, for anything else.</summary>
    public static bool TryParse(string? text, out SlackTs ts)
    {
        ts = default;
        if (text is null)
        {
            return false;
        }

        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot is < 1 or > MaxSecondsDigits || text.Length - dot - 1 != MicrosecondDigits)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (i != dot && !char.IsAsciiDigit(text[i]))
            {
                return false;
            }
        }

        ts = new SlackTs(text);
        return true;
    }

    /// <summary>The <c>ts</c> that a message of this moment could have: a bound for reading, no message's identity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The moment is before 1970.</exception>
    public static SlackTs FromTime(DateTimeOffset moment)
    {
        var microseconds = (moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        ArgumentOutOfRangeException.ThrowIfNegative(microseconds, nameof(moment));
        return new SlackTs(string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:000000}"));
    }

    /// <summary>The moment by Slack's clock, to the microsecond.</summary>
    /// <exception cref="InvalidOperationException">This is the invalid default.</exception>
    public DateTimeOffset ToTime()
    {
        var (seconds, microseconds) = Parts();
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>Earlier before later, by the two numbers; the invalid default before all.</summary>
    public int CompareTo(SlackTs other)
    {
        if (_text is null || other._text is null)
        {
            return (_text is null ? 0 : 1) - (other._text is null ? 0 : 1);
        }

        return Parts().CompareTo(other.Parts());
    }

    /// <summary>The text as Slack wrote it; empty for the invalid default.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>True when <paramref name="left"/> is earlier.</summary>
    public static bool operator <(SlackTs left, SlackTs right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> is later.</summary>
    public static bool operator >(SlackTs left, SlackTs right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> is not later.</summary>
    public static bool operator <=(SlackTs left, SlackTs right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> is not earlier.</summary>
    public static bool operator >=(SlackTs left, SlackTs right) => left.CompareTo(right) >= 0;

    private (long Seconds, int Microseconds) Parts()
    {
        var text = _text ?? throw new InvalidOperationException("This SlackTs is the default value, not a message's ts.");
        var dot = text.Length - MicrosecondDigits - 1;
        return (long.Parse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
