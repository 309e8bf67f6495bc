using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>A browser, once for all widths.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium(), Args = Flags });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    internal Task<IPage> Page(int width, int height) =>
        _browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = width, Height = height } });

    private static string Chromium() =>
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is missing: ./test installs it.");
}

/// <summary>What a newcomer sees: the page, the story's thread, and a click that ends in the thread and on the parent.</summary>
[Collection(OnOneAsShipped.Name)]
public sealed class InTheBrowser(AsShipped running, Browser browser) : IClassFixture<Browser>
{
    private const int Patience = 20_000;

    private readonly Deployment _product = running.Product;

    [Theory]
    [InlineData(1280, 860)]
    [InlineData(390, 844)]
    public async Task A_click_on_Resolve_ends_in_the_thread_and_on_the_parent(int width, int height)
    {
        string group = $"checkout-{width}";
        await _product.Tracker.Alert(group, $"{group}.e");
        await _product.Tracker.Activity(group, $"{group}.1", "assigned", new { assignee = "Grace", assigneeType = "user" });
        await _product.Tracker.Note(group, $"{group}.2", "Only card payments from Brazil. The acquirer answers, but after 31 seconds.");
        await _product.Tracker.Activity(group, $"{group}.3", "resolved_in_release", new { version = "2026.47.2" });
        await _product.Tracker.Activity(group, $"{group}.4", "regressed", new { version = "2026.47.2" }, actor: "integration");
        var root = (await Eventually.Get(
            async () => (await _product.Slack.Messages(_product.Workspace, _product.Channel)).Where(message => message.Text.Contains($"Problem {group}", StringComparison.Ordinal)).ToList(),
            roots => roots.Count == 1, TimeSpan.FromSeconds(30), "the announcement"))[0];
        await Eventually.Get(
            () => _product.Slack.Messages(_product.Workspace, _product.Channel, root.Ts), thread => thread.Count == 4, TimeSpan.FromSeconds(30), "the thread");

        var page = await browser.Page(width, height);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        page.SetDefaultTimeout(Patience);
        await page.GotoAsync($"{_product.Slack.Address}#/{_product.Workspace}/{_product.Channel}/{root.Ts}");
        var pane = page.GetByTestId("thread-pane");
        await Assertions.Expect(pane).ToContainTextAsync("Only card payments from Brazil", new() { Timeout = Patience });
        await Assertions.Expect(pane).ToContainTextAsync("as a regression in 2026.47.2");
        var parent = page.GetByTestId($"thread-message-{root.Ts}");
        await Assertions.Expect(parent).ToContainTextAsync($"Problem {group}");

        await parent.GetByTestId("action-tg.resolve").ClickAsync();

        await Assertions.Expect(pane).ToContainTextAsync(new Regex("marked .* as resolved\\s*$", RegexOptions.Multiline), new() { Timeout = Patience });
        await Assertions.Expect(parent).ToContainTextAsync("State: Resolved", new() { Timeout = Patience });
        await Assertions.Expect(parent.GetByTestId("action-tg.unresolve")).ToBeVisibleAsync();
        Assert.Equal("resolved", (await _product.Tracker.Get($"/v1/groups/{group}")).GetProperty("status").GetString());
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures(), $"thread-{width}.png") });
        Assert.Empty(errors);

        // Nothing runs out of the page sideways.
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"));
    }

    /// <summary>Where the pictures go: THREADGRAINS_PICTURES, else beside the test's results.</summary>
    private static string Pictures()
    {
        string folder = Environment.GetEnvironmentVariable("THREADGRAINS_PICTURES") is { Length: > 0 } wished ? wished : Path.Combine(AppContext.BaseDirectory, "pictures");
        Directory.CreateDirectory(folder);
        return folder;
    }
}
