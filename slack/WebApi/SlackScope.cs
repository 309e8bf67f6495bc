namespace ThreadGrains.Slack.WebApi;

/// <summary>
/// A right that our app asks for. This is the one list of them: <c>deploy/slack-manifest.yaml</c> is tested against it, and
/// whoever looks at an installation compares with it. Source: Slack's method and event pages, "required scopes".
/// </summary>
/// <param name="Name">As Slack writes it.</param>
/// <param name="Without">What does not work without it.</param>
/// <param name="IsVital">The main job suffers: announcements and replies, once and in order.</param>
public sealed record SlackScope(string Name, string Without, bool IsVital)
{
    /// <summary>Posting, editing and deleting.</summary>
    public const string Post = "chat:write";

    /// <summary>Reading public channels and their threads.</summary>
    public const string ReadPublic = "channels:history";

    /// <summary>Reading private channels and their threads.</summary>
    public const string ReadPrivate = "groups:history";

    /// <summary>Joining a public channel.</summary>
    public const string Join = "channels:join";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SlackScope> All { get; } =
    [
        new(Post, "nothing can be posted", IsVital: true),
        new(ReadPublic, "posts in doubt in public channels wait for a person, and deleted announcements there are not noticed", IsVital: true),
        new(ReadPrivate, "posts in doubt in private channels wait for a person, and deleted announcements there are not noticed", IsVital: true),
        new("channels:read", "it is not noticed that a public channel was archived, renamed or left", IsVital: false),
        new("groups:read", "it is not noticed that a private channel was archived, renamed or left", IsVital: false),
        new(Join, "a public channel that the app was not invited to stays closed to it", IsVital: false),
        new("users:read", "threads show the user name of whoever clicked instead of the full name", IsVital: false),
        new("metadata.message:read", "posts in doubt are settled by reading back alone, never at once by Slack's own event", IsVital: false),
    ];

    /// <summary>Those that are missing among the scopes that Slack names.</summary>
    public static IReadOnlyList<SlackScope> Missing(IReadOnlyCollection<string> granted) => [.. All.Where(scope => !granted.Contains(scope.Name))];
}
