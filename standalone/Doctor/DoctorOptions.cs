using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>What <c>./run doctor</c> was asked for.</summary>
internal sealed class DoctorOptions
{
    /// <summary>The data folder, whose <c>local.env</c> and <c>secrets.json</c> are read and nothing is written to.</summary>
    public string Data { get; private set; } = "data";

    /// <summary>Slack's Web API; null: what is configured, or what runs.</summary>
    public Uri? SlackApi { get; private set; }

    /// <summary>Channels to look at, in place of the configured one; <c>T…/C…</c> for another workspace than the first.</summary>
    public IList<string> Channels { get; } = [];

    /// <summary>Our address as Slack sees it; null: what is configured.</summary>
    public Uri? PublicUrl { get; private set; }

    /// <summary>Write nothing into any channel.</summary>
    public bool NoPost { get; private set; }

    /// <summary>Print JSON.</summary>
    public bool Json { get; private set; }

    /// <exception cref="StartRefusedException">A flag is unknown, has no value, or a wrong one.</exception>
    public static DoctorOptions Read(IReadOnlyList<string> flags)
    {
        var options = new DoctorOptions();
        for (int i = 0; i < flags.Count; i++)
        {
            string[] parts = flags[i].Split('=', 2);
            string Value() => parts.Length == 2 && parts[1].Length > 0 ? parts[1]
                : parts.Length == 1 && i + 1 < flags.Count && !flags[i + 1].StartsWith("--", StringComparison.Ordinal) ? flags[++i]
                : throw new StartRefusedException($"{parts[0]} needs a value");
            switch (parts[0])
            {
                case "--data": options.Data = Value(); break;
                case "--slack-api": options.SlackApi = Address(parts[0], Value()); break;
                case "--public-url": options.PublicUrl = Address(parts[0], Value()); break;
                case "--channel":
                    foreach (string channel in Value().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    {
                        options.Channels.Add(channel);
                    }

                    break;
                case "--no-post": options.NoPost = true; break;
                case "--json": options.Json = true; break;
                default: throw new StartRefusedException($"unknown option '{parts[0]}'");
            }
        }

        return options;
    }

    private static Uri Address(string flag, string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new StartRefusedException($"{flag} needs an http or https address, not '{value}'");
}
