using System.Reflection;
using ThreadGrains.Grains.Delivery;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>Times that would make every post fail, or a doubt wait for days, end the start with a line that says what is wrong.</summary>
public sealed class Which_times_are_taken
{
    public static TheoryData<string> Times => new(TimesOf<DeliveryOptions>());

    [Fact]
    public void The_defaults_are()
    {
        Assert.True(new DeliveryTimesValidator().Validate(null, new DeliveryOptions()).Succeeded);
        Assert.True(new PacingTimesValidator().Validate(null, new PacingOptions()).Succeeded);
    }

    [Fact]
    public void Every_time_has_its_limits()
    {
        Assert.Equal(TimesOf<DeliveryOptions>(), DeliveryTimesValidator.Limits.Select(limit => limit.Name).Order(StringComparer.Ordinal));
        Assert.Equal(TimesOf<PacingOptions>(), PacingTimesValidator.Limits.Select(limit => limit.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Times))]
    public void What_is_out_of_its_limits_is_named_with_its_value_and_its_range(string name)
    {
        var property = typeof(DeliveryOptions).GetProperty(name)!;
        var limit = DeliveryTimesValidator.Limits.Single(one => one.Name == name);
        foreach (var wrong in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1), limit.Least - TimeSpan.FromTicks(1), limit.Most + TimeSpan.FromTicks(1), TimeSpan.FromDays(10) })
        {
            var options = new DeliveryOptions();
            property.SetValue(options, wrong);
            string said = Assert.Single(new DeliveryTimesValidator().Validate(null, options).Failures!);
            Assert.StartsWith($"ThreadGrains__Delivery__{name} is {SettingText.Of(wrong)}; it must be from {SettingText.Of(limit.Least)} to {SettingText.Of(limit.Most)} (", said, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', said);
        }

        foreach (var right in new[] { limit.Least, limit.Most })
        {
            var options = new DeliveryOptions { UnreadablePatience = TimeSpan.FromDays(1) };
            property.SetValue(options, right);
            Assert.True(new DeliveryTimesValidator().Validate(null, options).Succeeded || name == nameof(DeliveryOptions.UnreadablePatience));
        }
    }

    [Fact]
    public void Patience_is_no_shorter_than_one_pause_between_looks() => Assert.Contains(
        "UnreadablePatience is 00:00:05; it must be no shorter than UnreadableRetry, which is 00:00:15",
        Assert.Single(new DeliveryTimesValidator().Validate(null, new DeliveryOptions { UnreadablePatience = TimeSpan.FromSeconds(5) }).Failures!), StringComparison.Ordinal);

    private static IEnumerable<string> TimesOf<T>() =>
        typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.PropertyType == typeof(TimeSpan)).Select(property => property.Name).Order(StringComparer.Ordinal);
}
