using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Status;

namespace ThreadGrains.WebhookGateway.Tests.Status;

public sealed class Status_page
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_page_needs_no_key_says_how_it_is_and_loads_nothing_from_anywhere()
    {
        await using var world = await World.Start();
        var page = await world.Send(HttpMethod.Get, "/", change: request => request.Headers.Authorization = null);
        Assert.Equal((200, "text/html"), ((int)page.Status, page.MediaType));
        Assert.Contains("ThreadGrains", page.Body, StringComparison.Ordinal);
        Assert.Contains("href=\"/docs\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("<dt>In doubt</dt>", page.Body, StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Empty(page.Headers.Server);
        Assert.DoesNotContain("<script", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(world.Script.Organization, page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_trouble_is_said_in_numbers_and_words()
    {
        string well = StatusPage.Html(true, new TotalsView(3, 0, 0, 0, Now.AddSeconds(-4)), Now);
        Assert.Contains("Everything is well", well, StringComparison.Ordinal);
        Assert.Contains("oldest 4 s", well, StringComparison.Ordinal);
        string trouble = StatusPage.Html(true, new TotalsView(12_345, 2, 7, 1, Now.AddHours(-3), Now.AddMinutes(-20)), Now);
        Assert.Contains("wants a look", trouble, StringComparison.Ordinal);
        Assert.All(["12,345", "oldest 3 h", "for 20 min", "to be replayed", "see GET /v1/workspaces"], part => Assert.Contains(part, trouble, StringComparison.Ordinal));
        Assert.Contains("Not ready", StatusPage.Html(false, null, Now), StringComparison.Ordinal);
        Assert.Contains("Not ready", StatusPage.Html(false, new TotalsView(0, 0, 0, 0), Now), StringComparison.Ordinal);
        Assert.Contains("Not ready", StatusPage.Html(true, null, Now), StringComparison.Ordinal);
    }
}
