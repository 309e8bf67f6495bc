using System.Buffers.Text;
using System.Globalization;
using System.Text;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>Which part of a conversation a reading method was asked for: bounds, page size and place.</summary>
/// <param name="Oldest">Lower bound.</param>
/// <param name="Latest">Upper bound; null: none.</param>
/// <param name="Inclusive">Whether messages exactly at a bound belong to it.</param>
/// <param name="Limit">Most messages of a page.</param>
/// <param name="Next">Where the page begins, from the cursor of the page before.</param>
internal sealed record ReadingRange(Ts Oldest, Ts? Latest, bool Inclusive, int Limit, Ts? Next)
{
    private const string CursorPrefix = "next_ts:";

    /// <returns>Slack's error code, or null.</returns>
    public static string? Read(ApiArguments arguments, int defaultLimit, int mostLimit, out ReadingRange range)
    {
        range = new ReadingRange(default, null, false, defaultLimit, null);
        if (arguments.Text("oldest") is { } from)
        {
            if (!Ts.TryParseBound(from, out var oldest)) return "invalid_ts_oldest";
            range = range with { Oldest = oldest };
        }
        if (arguments.Text("latest") is { } until and not "now")
        {
            if (!Ts.TryParseBound(until, out var latest)) return "invalid_ts_latest";
            range = range with { Latest = latest };
        }
        if (arguments.Text("limit") is { } size)
        {
            if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1) return "invalid_limit";
            range = range with { Limit = Math.Min(limit, mostLimit) };
        }
        if (arguments.Text("cursor") is { } cursor)
        {
            if (PlaceOf(cursor) is not { } next) return "invalid_cursor";
            range = range with { Next = next };
        }
        range = range with { Inclusive = arguments.Flag("inclusive") ?? false };
        return null;
    }

    public static string CursorTo(Ts next) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(CursorPrefix + next.Micros.ToString(CultureInfo.InvariantCulture)));

    public bool Holds(Ts ts) =>
        (ts > Oldest || (Inclusive && ts == Oldest)) && (Latest is not { } latest || ts < latest || (Inclusive && ts == latest));

    private static Ts? PlaceOf(string cursor)
    {
        if (!Base64.IsValid(cursor)) return null;
        var text = Encoding.ASCII.GetString(Convert.FromBase64String(cursor));
        if (!text.StartsWith(CursorPrefix, StringComparison.Ordinal)) return null;
        return long.TryParse(text.AsSpan(CursorPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var micros) ? new Ts(micros) : null;
    }
}
