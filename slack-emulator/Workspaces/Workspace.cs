namespace ThreadGrains.SlackEmulator.Workspaces;

/// <summary>A workspace in which our app is installed, with its people and channels.</summary>
internal sealed class Workspace(string team, string name, string domain, string botToken, InstalledApp app)
{
    public string Team => team;
    public string Name => name;
    public string Domain => domain;
    public string BotToken => botToken;
    public InstalledApp App => app;
    public Dictionary<string, Channel> Channels { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, Person> People { get; } = new(StringComparer.Ordinal);
}

/// <summary>Our app as it stands in one workspace.</summary>
/// <param name="AppId"><c>A…</c></param>
/// <param name="Name">What people see as the sender of its messages.</param>
/// <param name="BotUser"><c>U…</c>, the bot as a member.</param>
/// <param name="BotId"><c>B…</c>, the bot as the sender.</param>
internal sealed record InstalledApp(string AppId, string Name, string BotUser, string BotId);

/// <summary>Somebody in a workspace.</summary>
/// <param name="Id"><c>U…</c> or <c>W…</c></param>
/// <param name="Name">The user name.</param>
/// <param name="RealName">The full name.</param>
/// <param name="Team">The workspace of somebody of another company; null: the workspace itself.</param>
internal sealed record Person(string Id, string Name, string RealName, string? Team = null);
