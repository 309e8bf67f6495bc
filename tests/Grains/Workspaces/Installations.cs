using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;

namespace ThreadGrains.Grains.Tests.Workspaces;

/// <summary>What is told of an installation before anything goes wrong.</summary>
public class Installations
{
    [Fact]
    public void A_missing_history_scope_is_named_with_what_does_not_work_without_it()
    {
        Assert.Equal(["groups:history"], InstallationCheck.Missing(["chat:write", "channels:history", "users:read"]).Select(missing => missing.Name));
        Assert.Empty(InstallationCheck.Missing(["chat:write", "channels:history", "groups:history"]));
        Assert.Empty(InstallationCheck.Missing(null));
    }

    [Fact]
    public void Through_a_forward_proxy_every_first_look_waits_two_minutes()
    {
        var direct = new DeliveryOptions { SearchMargin = TimeSpan.FromSeconds(7) };
        var proxied = direct.ThroughProxy();
        Assert.Equal((TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(120)), (proxied.KnownEndFirstRead, proxied.UnknownEndFirstRead));
        Assert.Equal((direct.SearchMargin, TimeSpan.FromSeconds(5)), (proxied.SearchMargin, direct.KnownEndFirstRead));
    }
}
