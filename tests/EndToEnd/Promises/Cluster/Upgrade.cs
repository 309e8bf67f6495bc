using System.Diagnostics;
using System.Globalization;
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

    private FormerBuild _former = null!;
    private SwitchedPrograms _programs = null!;
    private RunningCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _former = await FormerBuild.Make(Repository.Root);
        _programs = new SwitchedPrograms(_former);
        _cluster = new RunningCluster(["--cluster", "2", .. _programs.Flags], Deployment.NoPacing);
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

        await Migrate();
        await senders.AcceptMore(40);

        _programs.SwitchSilo(PresentSilo);
        await Replace("silo-1");
        Assert.Equal([PresentSilo, _former.Silo], await Membership.ActivePrograms(_cluster));
        await Replace("silo-2");
        Assert.Equal([PresentSilo, PresentSilo], await Membership.ActivePrograms(_cluster));

        _programs.SwitchGateway(PresentGateway);
        await Replace("gateway-1");
        Assert.Equal([PresentGateway, _former.Gateway], _cluster.Gateways.Select(product.ProgramOf));
        await Replace("gateway-2");
        Assert.Equal([PresentGateway, PresentGateway], _cluster.Gateways.Select(product.ProgramOf));

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
