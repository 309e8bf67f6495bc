using ThreadGrains.SlackEmulator.Journaling;

namespace ThreadGrains.SlackEmulator.Workspaces;

/// <summary>What a workspace begins with. The people carry their role as their surname, so that nobody takes them for real ones.</summary>
internal static class WorkspaceSeed
{
    private static readonly (string Name, string RealName)[] People =
    [
        ("robin", "Robin Oncall"),
        ("sam", "Sam Backend"),
        ("kim", "Kim Frontend"),
        ("alex", "Alex Release"),
        ("jo", "Jo Support"),
    ];

    /// <param name="slack">Where the workspace is to be.</param>
    /// <param name="team">Its id.</param>
    /// <param name="channel">The id of the channel <c>alerts</c>, or null for one derived from the team's.</param>
    /// <param name="user">The id of the first person, or null for one derived from the team's.</param>
    public static void Plant(EmulatedSlack slack, string team, string? channel, string? user)
    {
        var now = slack.Now;
        slack.Record(new JournalEntry.WorkspaceCreated(team));
        for (var i = 0; i < People.Length; i++)
        {
            var id = i == 0 && user is not null ? user : SlackIds.Derive("U", $"{People[i].Name} of {team}");
            slack.Record(new JournalEntry.PersonJoined(team, id, People[i].Name, People[i].RealName));
        }
        slack.Record(new JournalEntry.ChannelCreated(team, channel ?? ChannelId(team, "alerts"), "alerts", IsMember: true, now));
        slack.Record(new JournalEntry.ChannelCreated(team, ChannelId(team, "general"), "general", IsMember: false, now));
        slack.Record(new JournalEntry.ChannelCreated(team, ChannelId(team, "random"), "random", IsMember: false, now));
    }

    public static string ChannelId(string team, string name) => SlackIds.Derive("C", $"{name} of {team}");
}
