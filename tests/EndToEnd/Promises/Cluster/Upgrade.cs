using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;
using ThreadGrains.Tests.Processes;
using Xunit.Abstractions;

namespace ThreadGrains.EndToEnd.Tests.Promises.Cluster;

/// <summary>
/// A new version joins a running cluster of the old one, as docs/cluster.md tells: the database first, then silo by silo, then
/// gateway by gateway. The new one is what is built here, the old one a commit of the history. With three silos and stops every few
/// seconds it is <c>bench/chaos --experiment E22</c>.
/// </summary>
public sealed class Upgrade(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly string PresentSilo = Path.Combine(Repository.Root, "silo", "bin", "Release", "net10.0", "threadgrains-silo");
    private static readonly string PresentGateway = Path.Combine(Repository.Root, "webhook-gateway", "bin", "Release", "net10.0", "threadgrains-gateway");

    /// <summary>The old version keeps the settings of such an organization where the new one does not.</summary>
    private static readonly Dictionary<string, string> NameThatIsANumber = new() { ["ThreadGrains__Organization"] = "020235" };

    private FormerBuild _former = null!;
    private SwitchedPrograms _programs = null!;
    private RunningCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _former = await FormerBuild.Make(Repository.Root);
        _programs = new SwitchedPrograms(_former);
        _cluster = new RunningCluster(["--cluster", "2", .. _programs.Flags], Deployment.NoPacing, NameThatIsANumber);
        await _cluster.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _programs.Delete();
    }

    [Fact]
    public async Task Silos_and_gateways_of_the_old_version_are_replaced_under_load_while_both_work_side_by_side_and_no_accept_fails()
    {
        var product = _cluster.Product;
        var groups = await Conversations.Begin(product, "upgrade", 40, Patience);
        // Others are tested beside it: as many as leave the machine time for them.
        var senders = Senders.Steady(product, groups, perSecond: 10);
        await senders.Accept(40);
        Assert.Equal([_former.Silo, _former.Silo], await Membership.ActivePrograms(_cluster));

        await PutRoute("by-the-old-version");

        await Migrate();
        await senders.AcceptMore(40);

        _programs.SwitchSilo(PresentSilo);
        await Replace("silo-1");
        Assert.Equal([PresentSilo, _former.Silo], await Membership.ActivePrograms(_cluster));
        await RouteIs("by-the-old-version");
        await PutRoute("with-both-versions");
        Assert.Equal(["number"], await Membership.KeysOfOrganizations(_cluster));
        await Replace("silo-2");
        Assert.Equal([PresentSilo, PresentSilo], await Membership.ActivePrograms(_cluster));
        await RouteIs("with-both-versions");
        await Eventually.Get(() => Membership.KeysOfOrganizations(_cluster), keys => keys is ["=020235"], Patience, "the settings have a key of their own", keys => string.Join(' ', keys));
        await PutRoute("by-the-new-version");

        _programs.SwitchGateway(PresentGateway);
        await Replace("gateway-1");
        Assert.Equal([PresentGateway, _former.Gateway], _cluster.Gateways.Select(product.ProgramOf));
        await Replace("gateway-2");
        Assert.Equal([PresentGateway, PresentGateway], _cluster.Gateways.Select(product.ProgramOf));
        await RouteIs("by-the-new-version");

        await senders.Stop();
        var failed = senders.Attempts.Where(attempt => !attempt.IsAccepted).ToList();
        int doubled = await groups.Settled(Patience);
        output.WriteLine($"{groups.Oracle.Count} accepted; first tries that failed: {failed.Count(attempt => attempt.Try == 0)}; second ones: {failed.Count(attempt => attempt.Try > 0)}; doubled ever: {doubled}, lost: 0");
        Assert.DoesNotContain(failed, attempt => attempt.Try > 0);

        async Task Replace(string name)
        {
            var (started, ready) = await _cluster.Restart(name);
            // Some of it with the versions as they are now, and not only while one of them comes and goes.
            await senders.AcceptMore(30);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: the new version was started after {started.TotalSeconds:0.0} s, ready after {ready.TotalSeconds:0.0} s"));
        }
    }

    /// <summary>Puts the organization's only route.</summary>
    private async Task PutRoute(string name)
    {
        var product = _cluster.Product;
        object[] routes = [new { name, projects = new[] { "none" }, channels = new[] { new { workspace = product.Workspace, channel = product.Channel } } }];
        await Eventually.Get(
            async () =>
            {
                using var answer = await product.Tracker.Http.PutAsJsonAsync(new Uri("/v1/routes", UriKind.Relative), new { routes });
                return answer.StatusCode;
            },
            status => status == HttpStatusCode.OK, Patience, $"{name} is put", status => $"{status}");
        await RouteIs(name);
    }

    private async Task RouteIs(string name)
    {
        using var answer = await _cluster.Product.Tracker.Http.GetAsync(new Uri("/v1/routes", UriKind.Relative));
        var routes = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("routes");
        Assert.Equal(name, Assert.Single(routes.EnumerateArray()).GetProperty("name").GetString());
    }

    /// <summary>The database of the new version, under the silos of the old one.</summary>
    private async Task Migrate()
    {
        var start = new ProcessStartInfo(PresentSilo, ["migrate"]) { RedirectStandardError = true };
        start.Environment["ThreadGrains__Database"] = _cluster.Product.Env["THREADGRAINS_DATABASE"];
        using var migration = Process.Start(start)!;
        string said = await migration.StandardError.ReadToEndAsync();
        await migration.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(migration.ExitCode == 0, said);
    }
}
