using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>The people who click in a workspace: how each is called, and whether they belong to it. Names are remembered for an hour.</summary>
/// <param name="workspace">Slack's team id.</param>
/// <param name="slack">Asked who somebody is.</param>
/// <param name="identities">Who we are there.</param>
/// <param name="clock">Local clock.</param>
internal sealed class WorkspacePeople(string workspace, SlackClient slack, SlackIdentities identities, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Whoever clicked waits for the answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);

    private const int MaxRemembered = 10_000;

    private readonly Dictionary<string, (string? Name, DateTimeOffset Until)> _names = [];

    /// <param name="token">The installation's token; null: there is none, so nobody can be asked.</param>
    /// <param name="user">Slack's id of the person.</param>
    /// <param name="team">The workspace or organization that Slack named with the person; null: none.</param>
    public async Task<SlackPerson> Of(SlackToken? token, string user, string? team)
    {
        var now = clock.GetUtcNow();
        bool isOfUs = team is null || team == workspace;
        if (isOfUs && _names.TryGetValue(user, out var known) && known.Until > now)
        {
            return new SlackPerson(PersonStanding.Member, known.Name);
        }

        if (token is not { } valid)
        {
            return new SlackPerson(SlackPerson.StandingOf(workspace, team, null, null));
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        var asked = slack.GetUser(valid, user, patience.Token);
        var us = isOfUs ? null : await identities.Of(workspace, valid, patience.Token);
        var said = await asked;
        var standing = SlackPerson.StandingOf(workspace, team, us, said);
        if (said is not CallOutcome<SlackUser>.Ok ok)
        {
            return new SlackPerson(standing, isOfUs ? _names.GetValueOrDefault(user).Name : null);
        }

        string? name = new[] { ok.Value.DisplayName, ok.Value.RealName, ok.Value.Name }.FirstOrDefault(shown => !string.IsNullOrWhiteSpace(shown));
        if (isOfUs && standing == PersonStanding.Member)
        {
            Remember(user, name, now + Memory);
        }

        return new SlackPerson(standing, name);
    }

    private void Remember(string user, string? name, DateTimeOffset until)
    {
        if (_names.Count >= MaxRemembered)
        {
            _names.Clear();
        }

        _names[user] = (name, until);
    }
}
