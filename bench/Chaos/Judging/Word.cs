using System.Globalization;
using System.Text.RegularExpressions;

namespace ThreadGrains.Chaos.Judging;

/// <summary>
/// What identifies an alert or activity in Slack: a word that stands in its text and in no other. A message that tells of
/// several holds several words, in the order in which it tells of them.
/// </summary>
internal static partial class Word
{
    public static string Of(int number) => string.Create(CultureInfo.InvariantCulture, $"w{number:x8}w");

    /// <summary>
    /// Every word that a text tells of, in order of appearance; one that is told twice is there twice. A reply also names its
    /// issue by its title, which holds the announcement's word and has the issue's id in brackets behind it: that does not count. An
    /// announcement has its state there.
    /// </summary>
    public static IReadOnlyList<string> In(string text) => [.. Words().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"\bw[0-9a-f]{8}w\b(?!>? \((?!unresolved|resolved|archived))")]
    private static partial Regex Words();
}
