using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>Whether somebody who clicked is of the workspace, of its organization, or of another company.</summary>
public class Who_belongs_here
{
    private static readonly SlackIdentity Alone = new() { TeamId = "T1", UserId = "UBOT" };
    private static readonly SlackIdentity OnGrid = Alone with { EnterpriseId = "E1" };
    private static readonly CallOutcome<SlackUser> NotFound = new CallOutcome<SlackUser>.Refused(RefusalScope.Message, "user_not_found");
    private static readonly CallOutcome<SlackUser> Silent = new CallOutcome<SlackUser>.Unknown("timeout");

    private static CallOutcome<SlackUser> Known(string? organization = null, bool stranger = false) =>
        new CallOutcome<SlackUser>.Ok(new SlackUser { Id = "U1", EnterpriseId = organization, IsStranger = stranger }, SlackHeaders.None);

    [Fact]
    public void Somebody_of_the_workspace_belongs_to_it_whatever_else_Slack_says()
    {
        Assert.All([null, Known(), NotFound, Silent], said => Assert.Equal(PersonStanding.Member, Standing("T1", null, said)));
        Assert.Equal(PersonStanding.Member, Standing(null, null, Known()));
        Assert.Equal(PersonStanding.Stranger, Standing(null, null, Known(stranger: true)));
    }

    [Fact]
    public void Outside_of_an_organization_everybody_of_another_workspace_is_a_stranger() =>
        Assert.All([Known(), Known("E2"), NotFound, Silent], said => Assert.Equal(PersonStanding.Stranger, Standing("T2", Alone, said)));

    [Fact]
    public void Colleagues_in_other_workspaces_of_the_organization_are_no_strangers()
    {
        Assert.Equal(PersonStanding.Member, Standing("T2", OnGrid, Known("E1")));
        Assert.Equal(PersonStanding.Member, Standing("T2", OnGrid, Known("E1", stranger: true)));
        Assert.Equal(PersonStanding.Member, Standing("E1", OnGrid, Silent));
    }

    [Fact]
    public void People_of_another_organization_are_strangers_and_where_Slack_is_silent_nobody_knows()
    {
        Assert.Equal(PersonStanding.Stranger, Standing("T2", OnGrid, Known("E2")));
        Assert.Equal(PersonStanding.Stranger, Standing("T2", OnGrid, Known()));
        Assert.Equal(PersonStanding.Stranger, Standing("T2", OnGrid, NotFound));
        Assert.Equal(PersonStanding.Stranger, Standing("E2", OnGrid, NotFound));
        Assert.Equal(PersonStanding.Unclear, Standing("T2", OnGrid, Silent));
        Assert.Equal(PersonStanding.Unclear, Standing("T2", null, Known()));
    }

    private static PersonStanding Standing(string? team, SlackIdentity? us, CallOutcome<SlackUser>? said) => SlackPerson.StandingOf("T1", team, us, said);
}
