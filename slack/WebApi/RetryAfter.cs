using System.Globalization;

namespace ThreadGrains.Slack.WebApi;

/// <summary>Reads <c>Retry-After</c> (RFC 9110, 10.2.3): whole seconds, or an HTTP date.</summary>
internal static class RetryAfter
{
    /// <summary>Further than this we do not trust it: a wrong number would silence a workspace for days.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromHours(1);

    /// <param name="value">The header as it came.</param>
    /// <param name="now">The answer's own Date, or else our clock: only for the form with a date.</param>
    /// <returns>Null: absent or unreadable. Never negative, never more than <see cref="Cap"/>.</returns>
    public static TimeSpan? Read(string? value, DateTimeOffset now)
    {
        value = value?.Trim(' ', '\t');
        if (string.IsNullOrEmpty(value))
        {
            return null;
        }

        if (!value.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < Cap.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : Cap;
        }

        if (!DateTimeOffset.TryParseExact(value, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return null;
        }

        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Cap ? Cap : wait;
    }
}
