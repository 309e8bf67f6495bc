using System.Collections.Concurrent;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Who our app is in each workspace, as auth.test tells it: only our own messages count as evidence.</summary>
internal sealed class SlackIdentities(SlackClient slack)
{
    private readonly ConcurrentDictionary<string, (SlackToken Token, SlackIdentity Identity)> _known = new();

    /// <summary>Our identity in a workspace by its token; null while Slack does not tell. Another token may be another app's.</summary>
    public async Task<SlackIdentity?> Of(string workspace, SlackToken? token, CancellationToken cancellation)
    {
        if (token is null)
        {
            return null;
        }

        if (_known.TryGetValue(workspace, out var known) && known.Token.Equals(token))
        {
            return known.Identity;
        }

        if (await slack.AuthTest(token, cancellation) is not CallOutcome<SlackIdentity>.Ok ok)
        {
            return null;
        }

        _known[workspace] = (token, ok.Value);
        return ok.Value;
    }
}
