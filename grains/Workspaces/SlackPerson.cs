using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Somebody who clicked, as the workspace knows them.</summary>
/// <param name="Standing">Whether they belong to the workspace.</param>
/// <param name="Name">How they are called; null: Slack does not tell in time, or does not know them.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.SlackPerson")]
internal sealed record SlackPerson([property: Id(0)] PersonStanding Standing, [property: Id(1)] string? Name = null)
{
    /// <summary>
    /// Whether somebody belongs to a workspace. In a channel that is shared with another company (Slack Connect) its people see our
    /// buttons; they belong to another workspace. So do the colleagues in an organization with several workspaces (Enterprise Grid),
    /// and those are no strangers: Slack names the organization in auth.test of our token and in users.info of the person. The click
    /// itself is no witness of that.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="team">The workspace or organization that Slack named with the person.</param>
    /// <param name="us">Who we are; null: Slack does not tell now.</param>
    /// <param name="said">What users.info says about the person; null: nothing was asked.</param>
    public static PersonStanding StandingOf(string workspace, string? team, SlackIdentity? us, CallOutcome<SlackUser>? said)
    {
        var known = (said as CallOutcome<SlackUser>.Ok)?.Value;
        if (team == workspace)
        {
            return PersonStanding.Member;
        }

        if (us?.EnterpriseId is { } organization && (team == organization || known?.EnterpriseId == organization))
        {
            return PersonStanding.Member;
        }

        if (team is null)
        {
            // Old payloads name no team.
            return known is { IsStranger: true } ? PersonStanding.Stranger : PersonStanding.Member;
        }

        bool isClear = us is { EnterpriseId: null } || (us is not null && said is CallOutcome<SlackUser>.Ok or CallOutcome<SlackUser>.Refused);
        return isClear ? PersonStanding.Stranger : PersonStanding.Unclear;
    }
}

/// <summary>Whether somebody belongs to a workspace.</summary>
[GenerateSerializer, Alias("threadgrains.PersonStanding")]
internal enum PersonStanding
{
    /// <summary>Of the workspace, or of its organization.</summary>
    Member = 0,

    /// <summary>Of another company.</summary>
    Stranger = 1,

    /// <summary>Slack does not tell now.</summary>
    Unclear = 2,
}
