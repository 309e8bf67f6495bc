using System.Globalization;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// The range in which a configured time must lie. Without it a silo would start with a wrong one, and then fail every post or
/// leave a doubt for days: .NET reads a bare number as days.
/// </summary>
/// <typeparam name="T">The settings that it belongs to.</typeparam>
/// <param name="Name">The property.</param>
/// <param name="Value">Reads it.</param>
/// <param name="Least">The shortest that is taken.</param>
/// <param name="Most">The longest that is taken.</param>
internal sealed record TimeLimit<T>(string Name, Func<T, TimeSpan> Value, TimeSpan Least, TimeSpan Most)
{
    /// <summary>What is wrong, as one line; null: nothing.</summary>
    public string? Check(string section, T settings) => Value(settings) is var value && value >= Least && value <= Most ? null
        : string.Create(CultureInfo.InvariantCulture, $"{SettingText.Name(section, Name)} is {SettingText.Of(value)}; it must be from {SettingText.Of(Least)} to {SettingText.Of(Most)} (hours:minutes:seconds; a bare number counts days).");
}

/// <summary>Settings and times as people write them.</summary>
internal static class SettingText
{
    /// <summary>As an environment variable, which is how the documents name settings.</summary>
    public static string Name(string section, string property) => $"{section.Replace(":", "__", StringComparison.Ordinal)}__{property}";

    /// <summary>A time without zeros behind its fraction.</summary>
    public static string Of(TimeSpan time)
    {
        string text = time.ToString("c", CultureInfo.InvariantCulture);
        return time.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }
}
