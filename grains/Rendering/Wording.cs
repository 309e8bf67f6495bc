using System.Globalization;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Grains.Rendering;

/// <summary>Names, numbers, lengths of time and moments as people read them, as mrkdwn.</summary>
internal static class Wording
{
    /// <summary>How much of a name, label or version is shown, in UTF-16 units of mrkdwn.</summary>
    public const int MaxName = 200;

    /// <summary>A name, label or version on one line.</summary>
    public static string Name(string text) => Line(text, MaxName);

    /// <summary>At most <paramref name="max"/> UTF-16 units of mrkdwn, on one line. Of a long text only the beginning is looked at.</summary>
    public static string Line(string text, int max) => Mrkdwn.Truncate(Mrkdwn.EscapeLine(Mrkdwn.Cut(text, max)), max);

    /// <summary>A code span of at most <paramref name="max"/> characters of text.</summary>
    public static string Code(string text, int max) => Mrkdwn.Code(Mrkdwn.Cut(text, max));

    /// <summary>
    /// Text that our own colon follows. A joiner that nobody sees stands between them, where a colon of the text's own could
    /// make an emoji of the two.
    /// </summary>
    public static string BeforeColon(string mrkdwn) => mrkdwn.Contains(':', StringComparison.Ordinal) ? mrkdwn + "\u2060:" : mrkdwn + ":";

    /// <summary>A number as it came in JSON, with separators: <c>12,000</c>.</summary>
    public static string Number(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) ? value.ToString("#,##0.##", CultureInfo.InvariantCulture) : Name(number);

    /// <summary>A number, with separators.</summary>
    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Whether a number as it came in JSON is one, whose noun stands in the singular.</summary>
    public static bool IsOne(string number) => decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) && value == 1;

    /// <summary>A length of time in its largest fitting unit: <c>2 hours</c>.</summary>
    public static string Duration(TimeSpan length)
    {
        (double number, string unit) = length switch
        {
            { TotalHours: > 30 } => (length.TotalDays, "day"),
            { TotalHours: >= 1 } => (length.TotalHours, "hour"),
            _ => (length.TotalMinutes, "minute"),
        };
        string shown = Math.Round(number, 1).ToString("#,##0.#", CultureInfo.InvariantCulture);
        return $"{shown} {unit}{(shown == "1" ? "" : "s")}";
    }

    /// <summary>A moment in the reader's own time zone (Slack, date formatting); in UTC where a client cannot show that.</summary>
    public static string Moment(DateTimeOffset moment) =>
        string.Create(CultureInfo.InvariantCulture, $"<!date^{moment.ToUnixTimeSeconds()}^{{date_short_pretty}} at {{time}}|{moment.UtcDateTime:yyyy-MM-dd HH:mm} UTC>");
}
