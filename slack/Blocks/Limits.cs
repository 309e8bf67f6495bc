using System.Globalization;

namespace ThreadGrains.Slack.Blocks;

/// <summary>
/// Slack refuses a message as a whole when one limit is passed (<c>invalid_blocks</c>), so a block that passes one is never
/// built. Lengths are UTF-16 units, which is never less than Slack's characters.
/// </summary>
internal static class Limits
{
    public static string Text(string? value, int max, string field)
    {
        if (string.IsNullOrEmpty(value))
        {
            throw new ArgumentException($"{field}: empty, and Slack takes no empty text here.");
        }

        if (value.Length > max)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{field}: {value.Length} characters, the limit is {max}."));
        }

        return value;
    }

    public static string? OptionalText(string? value, int max, string field) => value is null ? null : Text(value, max, field);

    public static IReadOnlyList<T> Items<T>(IEnumerable<T> items, int max, string field)
    {
        T[] copy = [.. items];
        if (copy.Length == 0)
        {
            throw new ArgumentException($"{field}: empty, and Slack demands at least one.");
        }

        if (copy.Length > max)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{field}: {copy.Length} items, the limit is {max}."));
        }

        return copy;
    }
}
