using System.Globalization;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Delivery;

/// <summary>
/// Between what a time that is configured must lie. A wrong one would start and then fail every post, or let a doubt wait for days:
/// a bare number is read as days.
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
        : string.Create(CultureInfo.InvariantCulture, $"{Setting.Name(section, Name)} is {Setting.Text(value)}; it must be from {Setting.Text(Least)} to {Setting.Text(Most)} (hours:minutes:seconds; a bare number counts days).");
}

/// <summary>Settings and times as people write them.</summary>
internal static class Setting
{
    /// <summary>As an environment variable, which is how the documents name settings.</summary>
    public static string Name(string section, string property) => $"{section.Replace(":", "__", StringComparison.Ordinal)}__{property}";

    /// <summary>A time without zeros behind its fraction.</summary>
    public static string Text(TimeSpan time)
    {
        string text = time.ToString("c", CultureInfo.InvariantCulture);
        return time.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }
}

/// <summary>The limits of every time of <see cref="DeliveryOptions"/>, and how they depend on each other.</summary>
internal sealed class DeliveryTimesValidator : IValidateOptions<DeliveryOptions>
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>One for each time.</summary>
    public static IReadOnlyList<TimeLimit<DeliveryOptions>> Limits { get; } =
    [
        // A post has to be made in it, and a thread waits for it whenever a sender is lost.
        new(nameof(DeliveryOptions.Window), times => times.Window, Second, TimeSpan.FromSeconds(30)),
        new(nameof(DeliveryOptions.KnownEndFirstRead), times => times.KnownEndFirstRead, Moment, Hour),
        new(nameof(DeliveryOptions.KnownEndReadGap), times => times.KnownEndReadGap, Moment, Hour),
        new(nameof(DeliveryOptions.UnknownEndFirstRead), times => times.UnknownEndFirstRead, Moment, Hour),
        new(nameof(DeliveryOptions.UnknownEndReadGap), times => times.UnknownEndReadGap, Moment, Hour),
        new(nameof(DeliveryOptions.UnreadableRetry), times => times.UnreadableRetry, Moment, Hour),
        new(nameof(DeliveryOptions.UnreadablePatience), times => times.UnreadablePatience, Second, TimeSpan.FromDays(7)),
        new(nameof(DeliveryOptions.FirstVerification), times => times.FirstVerification, Second, Day),
        new(nameof(DeliveryOptions.SecondVerification), times => times.SecondVerification, Second, Day),
        new(nameof(DeliveryOptions.SearchMargin), times => times.SearchMargin, Second, Day),
        new(nameof(DeliveryOptions.RecapPoll), times => times.RecapPoll, Moment, TimeSpan.FromMinutes(1)),
    ];

    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        var wrong = Limits.Select(limit => limit.Check(DeliveryOptions.Section, options)).OfType<string>().ToList();
        if (wrong.Count == 0 && options.UnreadablePatience < options.UnreadableRetry)
        {
            wrong.Add(string.Create(CultureInfo.InvariantCulture,
                $"{Setting.Name(DeliveryOptions.Section, nameof(DeliveryOptions.UnreadablePatience))} is {Setting.Text(options.UnreadablePatience)}; it must be no shorter than {nameof(DeliveryOptions.UnreadableRetry)}, which is {Setting.Text(options.UnreadableRetry)}."));
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

/// <summary>The limits of every time of <see cref="PacingOptions"/>.</summary>
internal sealed class PacingTimesValidator : IValidateOptions<PacingOptions>
{
    /// <summary>One for each time.</summary>
    public static IReadOnlyList<TimeLimit<PacingOptions>> Limits { get; } =
        [new(nameof(PacingOptions.FirstProbe), pacing => pacing.FirstProbe, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))];

    public ValidateOptionsResult Validate(string? name, PacingOptions options) =>
        Limits.Select(limit => limit.Check(PacingOptions.Section, options)).OfType<string>().ToList() is { Count: > 0 } wrong
            ? ValidateOptionsResult.Fail(wrong)
            : ValidateOptionsResult.Success;
}
