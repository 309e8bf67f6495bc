using System.Collections.Concurrent;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Who our app is in each workspace, as auth.test tells it: only our own messages count as evidence.</summary>
internal sealed class SlackIdentities(SlackClient slack, SlackInstallations installations)
{
    private readonly ConcurrentDictionary<string, SlackIdentity> _known = new();

    /// <summary>Our identity in a workspace; null while Slack does not tell.</summary>
    public async Task<SlackIdentity?> Of(string workspace, CancellationToken cancellation)
    {
        if (_known.TryGetValue(workspace, out var known))
        {
            return known;
        }

        if (installations.TokenOf(workspace) is not { } token
            || await slack.AuthTest(token, cancellation) is not CallOutcome<SlackIdentity>.Ok ok)
        {
            return null;
        }

        return _known.GetOrAdd(workspace, ok.Value);
    }
}
