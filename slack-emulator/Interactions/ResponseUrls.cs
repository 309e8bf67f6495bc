using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using ThreadGrains.SlackEmulator.Hosting;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>The addresses to which an app may answer an interaction: 5 times, within 30 minutes (Slack, "Handling user interaction").</summary>
internal sealed class ResponseUrls(TimeProvider clock, IServer server)
{
    public const int MostUses = 5;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, ResponseUrl> _urls = new(StringComparer.Ordinal);
    private long _number;

    public Uri Give(StoredMessage message, string user)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds()}{Interlocked.Increment(ref _number):D4}");
        var path = $"/actions/{message.Channel.Workspace.Team}/{number}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        _urls[path] = new ResponseUrl(message, user, clock.GetUtcNow());
        return new Uri(EmulatorHosting.AddressOf(server), path);
    }

    /// <summary>Uses an address once. Must be called under the state's lock.</summary>
    /// <param name="path">The address's path.</param>
    /// <param name="url">What it stands for.</param>
    /// <returns>Why it cannot be used, in Slack's words, or null.</returns>
    public string? Use(string path, out ResponseUrl? url)
    {
        if (!_urls.TryGetValue(path, out url)) return "invalid_url";
        if (clock.GetUtcNow() - url.At > Life) return "expired_url";
        if (url.Uses == MostUses) return "used_url";
        url.Uses++;
        return null;
    }
}

/// <summary>What an address was given out for.</summary>
internal sealed class ResponseUrl(StoredMessage source, string user, DateTimeOffset at)
{
    public StoredMessage Source => source;
    public string User => user;
    public DateTimeOffset At => at;
    public int Uses { get; set; }
}
