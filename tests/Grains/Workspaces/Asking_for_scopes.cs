using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>When a workspace asks Slack for its scopes, and what it knows then.</summary>
public class Asking_for_scopes
{
    private readonly GrantedScopes _scopes = new();

    [Fact]
    public void Slack_is_asked_at_the_start_and_daily()
    {
        Assert.True(_scopes.TakeTurn(Given.Now));
        _scopes.Told(["chat:write"], Given.Now);
        Assert.False(_scopes.TakeTurn(Given.Now.AddHours(23)));
        Assert.True(_scopes.TakeTurn(Given.Now.AddHours(24)));
    }

    [Fact]
    public void Without_an_answer_it_is_asked_again_in_minutes()
    {
        Assert.True(_scopes.TakeTurn(Given.Now));
        Assert.False(_scopes.TakeTurn(Given.Now.AddMinutes(4)));
        Assert.True(_scopes.TakeTurn(Given.Now.AddMinutes(5)));
    }

    [Fact]
    public void What_is_missing_is_known_until_another_token_holds()
    {
        Assert.Null(_scopes.Missing);
        _scopes.Told(["chat:write", "groups:history"], Given.Now);
        Assert.Equal(["channels:history"], _scopes.Missing!);
        _scopes.Forget();
        Assert.Null(_scopes.Missing);
        Assert.True(_scopes.TakeTurn(Given.Now));
        _scopes.Told(null, Given.Now);
        Assert.Null(_scopes.Missing);
    }
}
