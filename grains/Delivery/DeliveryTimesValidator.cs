using System.Globalization;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Delivery;

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
                $"{SettingText.Name(DeliveryOptions.Section, nameof(DeliveryOptions.UnreadablePatience))} is {SettingText.Of(options.UnreadablePatience)}; it must be no shorter than {nameof(DeliveryOptions.UnreadableRetry)}, which is {SettingText.Of(options.UnreadableRetry)}."));
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
