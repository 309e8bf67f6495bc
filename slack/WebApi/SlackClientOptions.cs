using System.Reflection;

namespace ThreadGrains.Slack.WebApi;

/// <summary>Where Slack is, and how long a call may take.</summary>
public sealed class SlackClientOptions
{
    /// <summary>Base of the Web API, with or without the last slash. Default <c>https://slack.com/api/</c>.</summary>
    public Uri ApiUrl { get; set; } = new("https://slack.com/api/");

    /// <summary>DNS, TCP and TLS together. Default 3 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>A whole call that only reads. Default 30 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A whole call that writes and has no <see cref="SendWindow"/> of its own. Default 10 s.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long bytes may stay unacknowledged before the kernel gives the connection up (Linux, TCP_USER_TIMEOUT).
    /// Without it bytes of a call that was given up can arrive much later. Default 10 s.
    /// </summary>
    public TimeSpan UnacknowledgedTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Largest answer that is read, in bytes. Default 16 MiB: a page of 1,000 messages with their blocks.</summary>
    public int MaxAnswerBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The version that stands in the User-Agent. Default: this assembly's.</summary>
    public string Version { get; set; } =
        typeof(SlackClientOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Told of every call that ended: Slack's method, the HTTP status (null: no answer), and how long it took. Must not throw.</summary>
    public Action<string, int?, TimeSpan>? Called { get; set; }

    /// <summary>Told of every answer in which Slack says something beside the answer itself. Must not throw.</summary>
    public Action<SlackNotice>? Noticed { get; set; }

    internal Uri Checked()
    {
        if (!ApiUrl.IsAbsoluteUri || (ApiUrl.Scheme != Uri.UriSchemeHttps && ApiUrl.Scheme != Uri.UriSchemeHttp))
        {
            throw new ArgumentException($"Slack's ApiUrl must be an absolute http or https address, not '{ApiUrl}'.");
        }

        if (ApiUrl.UserInfo.Length > 0 || ApiUrl.Query.Length > 0 || ApiUrl.Fragment.Length > 0)
        {
            throw new ArgumentException("Slack's ApiUrl must hold no user, query or fragment.");
        }

        RequirePositive(ConnectTimeout, nameof(ConnectTimeout));
        RequirePositive(ReadTimeout, nameof(ReadTimeout));
        RequirePositive(WriteTimeout, nameof(WriteTimeout));
        RequirePositive(UnacknowledgedTimeout, nameof(UnacknowledgedTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAnswerBytes, 1024);
        return ApiUrl.AbsoluteUri.EndsWith('/') ? ApiUrl : new Uri(ApiUrl.AbsoluteUri + "/");
    }

    private static void RequirePositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"Slack's {name} must be more than zero and at most one hour, not {value}.");
        }
    }
}
