using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Delivery;

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
