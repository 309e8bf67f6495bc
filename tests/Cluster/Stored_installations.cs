using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;
using Orleans.TestingHost;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.Workspaces;

namespace ThreadGrains.Cluster.Tests;

/// <summary>Workspaces whose tokens were put by API: who may use them, and what becomes of what waits for them.</summary>
public sealed class Stored_installations : IAsyncLifetime
{
    private const string Second = "T0SECOND";
    private const string Other = "other";

    private GroupCluster _cluster = null!;
    private string _channel = "";
    private string _token = "";

    public async Task InitializeAsync()
    {
        _cluster = await GroupCluster.Start(new LedgerOnSqlite());
        _channel = (string)(await _cluster.Tell(HttpMethod.Post, "channels", new { team = Second, name = "second" }))["channels"]![0]!;
        _token = (string)(await _cluster.Tell(HttpMethod.Get, "workspaces"))["workspaces"]!.AsArray().Single(workspace => (string?)workspace!["team"] == Second)!["botToken"]!;
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    private ISlackWorkspaceGrain Workspace => _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(Second);

    private ChannelAddress Place => new(Second, _channel);

    [Fact]
    public async Task A_workspace_whose_token_was_put_is_posted_to_from_every_silo()
    {
        Assert.Equal("not_installed", (await Workspace.GetHealth()).Error);
        Assert.Equal(WorkspaceAdmission.Unknown, await Workspace.Admit(null, "digest-1"));
        Assert.Equal(AcceptOutcome.Refused, (await Announce("g0")).Outcome);

        var put = await Put(_token);
        Assert.Equal(InstallationOutcome.Done, put.Outcome);
        Assert.Equal((null, InstallationSource.Stored, "api key 1", GroupCluster.CurrentKey), (put.Health!.Error, put.Health.Installation!.Source, put.Health.Installation.By, put.Health.Installation.Key));
        Assert.Equal(WorkspaceAdmission.Admitted, await Workspace.Admit(null, "digest-2"));
        Assert.Contains(Second, (await _cluster.Grains.GetGrain<IOrganizationGrain>(GroupCluster.Organization).GetSettings()).Workspaces);
        Assert.Equal(InstallationSource.Configuration, (await _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team).GetHealth()).Installation!.Source);

        // Enough groups that both silos have some.
        await Taken("g0");
        foreach (int i in Enumerable.Range(1, 12))
        {
            Assert.Equal(AcceptOutcome.Accepted, (await Announce($"g{i}")).Outcome);
        }

        await Posted(13);
    }

    [Fact]
    public async Task Another_organization_neither_sees_it_nor_replaces_nor_removes_it()
    {
        await Put(_token);
        Assert.Equal(InstallationOutcome.Taken, (await Put(_token, Other)).Outcome);
        Assert.Equal(InstallationOutcome.OtherTeam, (await Put("xoxb-test-token", Other)).Outcome);
        Assert.Equal(InstallationOutcome.NotFound, (await Workspace.Uninstall(Other)).Outcome);
        Assert.Equal(InstallationOutcome.Taken, (await _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(GroupCluster.Team).Install(new InstallationRequest(Other, "xoxb-test-token", "api key 2"))).Outcome);
        Assert.DoesNotContain(Second, (await _cluster.Grains.GetGrain<IOrganizationGrain>(Other).GetSettings()).Workspaces);
        Assert.Equal(AcceptOutcome.Refused, (await Announce("g", Other)).Outcome);
        Assert.Equal(("api key 1", null), ((await Workspace.GetHealth()).Installation!.By, (await Workspace.GetHealth()).Error));
    }

    [Fact]
    public async Task What_another_organization_had_begun_there_is_not_posted_with_the_new_ones_token()
    {
        await Put(_token);
        await Taken("g");
        await Posted(1);
        Assert.Equal(InstallationOutcome.Done, (await Workspace.Uninstall(GroupCluster.Organization)).Outcome);
        Assert.Equal("not_installed", (await Workspace.GetHealth()).Error);
        Assert.DoesNotContain(Second, (await _cluster.Grains.GetGrain<IOrganizationGrain>(GroupCluster.Organization).GetAccess()).Workspaces);
        Assert.Equal(InstallationOutcome.Done, (await Put(_token, Other)).Outcome);

        await _cluster.Send("g", GroupCluster.Note("n1"));
        var thread = (await _cluster.View("g")).Threads.Single().Id;
        await GroupCluster.Until(async () => (await _cluster.Ledger.ReadThread(thread, 0, default))?.Thread.Parked == "not_installed", "the note waits");
        Assert.Single(await _cluster.Messages($"channel={_channel}", Second));
    }

    [Fact]
    public async Task A_token_that_Slack_refuses_or_does_not_answer_for_changes_nothing()
    {
        Assert.Equal((InstallationOutcome.TokenRefused, "invalid_auth"), await Refused("xoxb-unknown-token"));
        Assert.Equal((InstallationOutcome.OtherTeam, GroupCluster.Team), await Refused("xoxb-test-token"));
        Assert.Equal((InstallationOutcome.Malformed, null), await Refused("xoxp-1-2"));
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = "auth.test", fault = "slow", milliseconds = 8000, rate = 1.0 } } });
        Assert.Equal((InstallationOutcome.SlackSilent, null), await Refused(_token));
        await _cluster.Tell(HttpMethod.Delete, "faults");
        _cluster.StorageFails = true;
        await Assert.ThrowsAnyAsync<Exception>(() => Put(_token));
        Assert.Equal("not_installed", (await Workspace.GetHealth()).Error);
        _cluster.StorageFails = false;
        Assert.Equal(InstallationOutcome.Done, (await Put(_token)).Outcome);

        async Task<(InstallationOutcome, string?)> Refused(string token)
        {
            var receipt = await Put(token);
            Assert.Equal("not_installed", (await Workspace.GetHealth()).Error);
            return (receipt.Outcome, receipt.Detail);
        }
    }

    [Fact]
    public async Task What_waited_for_a_refused_token_goes_on_at_once_when_another_is_put_and_its_silos_forget_the_old_one()
    {
        await Keep("xoxb-an-old-token", GroupCluster.CurrentKey);
        foreach (int i in Enumerable.Range(0, 8))
        {
            await Taken($"g{i}");
        }

        await GroupCluster.Until(async () => (await Workspace.GetHealth()).Error == "invalid_auth", "the workspace is parked");
        // Each silo has met the old token, and would hold it for as long as its life.
        foreach (var silo in _cluster.Silos.Silos.Cast<InProcessSiloHandle>())
        {
            Assert.Null(await silo.ServiceProvider.GetRequiredService<WorkspaceTokens>().Lacks(GroupCluster.Organization, Second, null));
        }

        var put = await Put(_token).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Null(put.Health!.Error);
        await Posted(8);
        Assert.Null((await Workspace.GetHealth()).Error);

        // A refusal of the old one that comes late is none of the new one.
        var tokens = ((InProcessSiloHandle)_cluster.Silos.Silos[1]).ServiceProvider.GetRequiredService<WorkspaceTokens>();
        Assert.True(await tokens.HasChanged(GroupCluster.Organization, Second, new SlackToken("xoxb-an-old-token")));
        Assert.False(await tokens.HasChanged(GroupCluster.Organization, Second, new SlackToken(_token)));
        Assert.Null(tokens.Of(Other, Second));
    }

    [Fact]
    public async Task A_token_under_a_lost_key_is_trouble_that_another_put_ends()
    {
        await Keep("xoxb-an-old-token", "lost");
        var health = await Workspace.GetHealth();
        Assert.Equal(("token_unreadable", "lost"), (health.Error, health.Installation!.Key));
        // What is clicked needs no token.
        Assert.Equal(WorkspaceAdmission.Admitted, await Workspace.Admit(null, "digest"));
        await Taken("g");
        var thread = (await _cluster.View("g")).Threads.Single().Id;
        await GroupCluster.Until(async () => (await _cluster.Ledger.ReadThread(thread, 0, default))?.Thread.Parked == "token_unreadable", "the alert waits");
        var report = await _cluster.Grains.GetGrain<IInstallationKeysGrain>(0).Rotate();
        Assert.Equal((new KeyUse("lost", 1), 0), (Assert.Single(report.Remaining), report.Reencrypted));

        Assert.Equal(InstallationOutcome.Done, (await Put(_token)).Outcome);
        await Posted(1);
    }

    [Fact]
    public async Task A_rotation_encrypts_every_stored_token_with_the_first_key_once()
    {
        string[] teams = [.. Enumerable.Range(10, 40).Select(i => $"T0ROW{i}")];
        await Task.WhenAll(teams.Select(team => Keep($"xoxb-token-of-{team}", GroupCluster.FormerKey, team)));
        await Put(_token);

        var keys = _cluster.Grains.GetGrain<IInstallationKeysGrain>(0);
        var report = await keys.Rotate();
        Assert.Equal((GroupCluster.CurrentKey, 41, 40, true), (report.Key, report.Stored, report.Reencrypted, report.IsComplete));
        Assert.Empty(report.Remaining);
        Assert.All(await Task.WhenAll(teams.Select(team => _cluster.Grains.GetGrain<ISlackWorkspaceGrain>(team).GetHealth())), health => Assert.Equal((null, GroupCluster.CurrentKey), (health.Error, health.Installation!.Key)));
        Assert.Equal(0, (await keys.Rotate()).Reencrypted);
    }

    private Task<InstallationReceipt> Put(string token, string organization = GroupCluster.Organization) =>
        Workspace.Install(new InstallationRequest(organization, token, organization == Other ? "api key 2" : "api key 1"));

    /// <summary>Writes a row past the grain, as an earlier process left it.</summary>
    private async Task Keep(string token, string key, string team = Second)
    {
        var options = new SecretsOptions();
        options.Keys.Add(new SecretKeyOptions { Id = key, Key = GroupCluster.KeyOf(key) });
        var row = new InstallationState
        {
            Organization = GroupCluster.Organization,
            Token = new TokenCipher(Options.Create(options)).Seal(new TokenPlace(team, GroupCluster.Organization), token),
            At = DateTimeOffset.UnixEpoch,
            By = "api key 0",
        };
        await ((InProcessSiloHandle)_cluster.Silos.Silos[0]).ServiceProvider.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
            .WriteStateAsync(InstallationState.Name, GrainId.Create("slack-workspace", team), new GrainState<InstallationState>(row));
        await _cluster.Grains.GetGrain<IOrganizationWorkspacesGrain>(GroupCluster.Organization).Bind(team);
    }

    private Task<AcceptReceipt> Announce(string group, string organization = GroupCluster.Organization) =>
        _cluster.Grains.GetGrain<IIssueGroupGrain>(new GroupKey(organization, group).ToString()).Announce(new Alert($"{group}.e", new IssueFacts(group), Channels: [Place]));

    /// <summary>Silos ask for an organization's workspaces every few seconds.</summary>
    private Task Taken(string group) =>
        GroupCluster.Until(async () => (await Announce(group)).Outcome is AcceptOutcome.Accepted or AcceptOutcome.Duplicate, "the alert is accepted");

    private Task Posted(int roots) =>
        GroupCluster.Until(async () => (await _cluster.Messages($"channel={_channel}", Second)).Count() == roots, $"{roots} announcements stand in the second workspace");
}
