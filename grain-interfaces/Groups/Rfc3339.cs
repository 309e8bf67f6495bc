using System.Globalization;
using System.Text.RegularExpressions;

namespace ThreadGrains.Groups;

/// <summary>Times as RFC 3339 section 5.6 writes them; .NET's own parser takes far more, by guessing.</summary>
public static partial class Rfc3339
{
    // Finer than .NET's ticks is cut, not refused: RFC 3339 sets no limit on digits.
    private const int TickDigits = 7;

    /// <summary>Reads a time of up to 64 characters; digits finer than 100 ns are cut off.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length > 64 || Form().Match(text) is not { Success: true } match)
        {
            return false;
        }

        string fraction = match.Groups["fraction"].Value;
        string offset = match.Groups["offset"].Value is "Z" or "z" ? "+00:00" : match.Groups["offset"].Value;
        string exact = $"{match.Groups["date"].Value}T{match.Groups["time"].Value}.{fraction.PadRight(TickDigits, '0')[..TickDigits]}{offset}";
        return DateTimeOffset.TryParseExact(exact, "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    [GeneratedRegex(@"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(\.(?<fraction>[0-9]+))?(?<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
