using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using ThreadGrains.Connections.Tests;
using ThreadGrains.Silo.PostgreSql;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>Real processes on a real PostgreSQL: joining, leaving, being away, and who may do what.</summary>
public sealed partial class SilosAndGateways : IAsyncLifetime
{
    private Cluster _cluster = null!;

    [Fact]
    public async Task A_gateway_answers_503_while_no_silo_is_there_and_finds_its_way_whenever_one_comes()
    {
        var gateway = _cluster.StartGateway();
        await gateway.Until("it is alive", async () => await _cluster.Health(_cluster.Gateway, "live") == HttpStatusCode.OK);
        await Refuses(gateway, "before");

        var first = await Accepts("first");
        first.Kill();
        await first.Exit();
        await Refuses(gateway, "between");

        await Accepts("second");

        async Task<StartedProcess> Accepts(string id)
        {
            var (silo, _) = _cluster.StartSilo();
            await silo.UntilReady(_cluster.Gateway);
            Assert.Equal(HttpStatusCode.Accepted, (await _cluster.Announce("billing", id)).StatusCode);
            return silo;
        }
    }

    [Fact]
    public async Task Two_silos_join_and_one_that_is_asked_to_stop_leaves_without_a_failed_call()
    {
        var (first, firstPort) = _cluster.StartSilo();
        var (second, secondPort) = _cluster.StartSilo();
        var gateway = _cluster.StartGateway();
        await first.UntilReady(firstPort);
        await second.UntilReady(secondPort);
        await gateway.UntilReady(_cluster.Gateway);
        Assert.Equal("2", await Scalar("select count(*) from cluster_member where status = 3"));

        // Groups on both, and accepts all the time while one goes away.
        var refused = new List<HttpStatusCode>();
        using var enough = new CancellationTokenSource();
        int sent = 0;
        var load = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var answer = await _cluster.Announce($"group-{sent % 20}", $"alert-{sent}");
                sent++;
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    refused.Add(answer.StatusCode);
                }
            }
        });
        await gateway.Until("40 were sent", () => Task.FromResult(sent >= 40));

        var stopping = Stopwatch.StartNew();
        first.AskToStop();
        var exit = first.Exit();
        bool wasReady = false;
        while (!exit.IsCompleted)
        {
            // kill has returned, so the signal is there; it is dealt with a moment later.
            wasReady |= stopping.Elapsed > TimeSpan.FromMilliseconds(500) && await _cluster.Health(firstPort, "ready") == HttpStatusCode.OK;
            await Task.WhenAny(exit, Task.Delay(50));
        }

        Assert.Equal(0, await exit);
        Assert.True(stopping.Elapsed < ClusterSilo.DrainTime, $"took {stopping.Elapsed}");
        Assert.False(wasReady);
        int then = sent;
        await gateway.Until("40 more were sent", () => Task.FromResult(sent >= then + 40));
        await enough.CancelAsync();
        await load;

        Assert.Empty(refused);
        Assert.Equal("1", await Scalar("select count(*) from cluster_member where status = 3"));
        Assert.Equal(sent.ToString(System.Globalization.CultureInfo.InvariantCulture), await Scalar("select count(*) from activity_key"));
        Assert.Equal(HttpStatusCode.OK, await _cluster.Health(secondPort, "ready"));
        Assert.Equal("0", await Scalar("select count(*) from post where state in ('sending', 'in_doubt') and claimed_at < (extract(epoch from now() - interval '15 seconds') * 1000000)::bigint"));
    }

    [Fact]
    public async Task With_TLS_silos_and_gateways_reach_each_other_and_who_has_no_certificate_is_left_outside()
    {
        using var authority = new Authority();
        (string, string)[] Tls(string name) => authority.Issue(name) is var (certificate, key)
            ? [("ThreadGrains__Tls__Certificate", certificate), ("ThreadGrains__Tls__Key", key), ("ThreadGrains__Tls__Authority", authority.CertificateFile)]
            : [];
        var (first, firstPort) = _cluster.StartSilo(Tls("silo-1"));
        await first.UntilReady(firstPort);
        var (second, secondPort) = _cluster.StartSilo(Tls("silo-2"));
        await second.UntilReady(secondPort);
        var outsider = _cluster.StartGateway();
        await outsider.Until("it is alive", async () => await _cluster.Health(_cluster.Gateway, "live") == HttpStatusCode.OK);
        await Refuses(outsider, "from-outside");

        var gateway = _cluster.StartGateway(Tls("gateway-1"));
        await gateway.UntilReady(_cluster.Gateway);
        // The first calls of a cold cluster may outlast the gateway's patience; its 503 says to come again.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => gateway.Until(
            $"alert-{i} is accepted", async () => (await _cluster.Announce($"group-{i}", $"alert-{i}")).StatusCode == HttpStatusCode.Accepted)));

        await Refused("ThreadGrains__Tls__Key is not set", Tls("silo-3")[0], Tls("silo-3")[2]);
    }

    [Fact]
    public async Task Two_migrations_at_once_both_succeed_and_each_script_ran_once()
    {
        var both = await Task.WhenAll(_cluster.SiloThatEnds(["migrate"]), _cluster.SiloThatEnds(["migrate"]));

        Assert.All(both, ended => Assert.Equal((0, ""), ended));
        Assert.Equal("0", await Scalar("select count(*) - count(distinct scriptname) from schema_version"));
        Assert.Equal("13", await Scalar("select count(*) from OrleansQuery"));
    }

    [Fact]
    public async Task A_database_of_an_older_or_a_newer_version_is_refused()
    {
        await Refused("Run 'threadgrains-silo migrate'", ("ThreadGrains__Migrate", "false"));

        PostgreSqlSchema.Upgrade(_cluster.Database);
        await TestServer.Execute(_cluster.Database, "insert into schema_version (scriptname, applied) values ('ThreadGrains.Silo.PostgreSql.Schema.9999_from_the_future.sql', now())");

        await Refused("9999_from_the_future");
        await Refused("9999_from_the_future", ("ThreadGrains__Migrate", "false"));
        var (exit, errors) = await _cluster.SiloThatEnds(["migrate"]);
        Assert.Equal(1, exit);
        Assert.Contains("9999_from_the_future", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_answers_commits_too_early_is_refused_unless_that_is_asked_for_by_name()
    {
        string name = new NpgsqlConnectionStringBuilder(_cluster.Database).Database!;
        await TestServer.Execute(_cluster.Database, $"alter database {name} set synchronous_commit = off");

        await Refused("synchronous_commit = off");

        var (silo, port) = _cluster.StartSilo(("ThreadGrains__AllowUnsafeCommits", "true"));
        await silo.UntilReady(port);
    }

    [Theory]
    [InlineData("ThreadGrains__Data", "data", "exclude each other")]
    [InlineData("ThreadGrains__Database", "hunter2 without a keyword", "ThreadGrains__Database must be a connection string")]
    [InlineData("ThreadGrains__Database", "Host=127.0.0.1;Port=1;Database=x;Password=hunter2", "The database cannot be used")]
    [InlineData("Orleans__Endpoints__AdvertisedIPAddress", "0.0.0.0", "Orleans__Endpoints__AdvertisedIPAddress")]
    public async Task A_setting_that_cannot_be_is_named(string name, string value, string named) => await Refused(named, (name, value));

    [Fact]
    public async Task A_gateway_without_a_database_says_so()
    {
        var gateway = _cluster.StartGateway(("ThreadGrains__Database", ""));

        Assert.Equal(1, await gateway.Exit());
        Assert.StartsWith("threadgrains-gateway: bad configuration: ThreadGrains__Database must be", gateway.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', gateway.Errors);
    }

    [Fact]
    public async Task The_documented_rights_are_enough_for_each_process_and_no_more()
    {
        string database = new NpgsqlConnectionStringBuilder(_cluster.Database).Database!;
        var blocks = SqlBlocks().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "postgresql.md")))
            .Select(block => block.Groups[1].Value.Replace("database threadgrains ", $"database {database} ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, blocks.Count);
        string administrator = blocks[0].Replace($"create database {database} owner", $"alter database {database} owner to", StringComparison.Ordinal);
        await TestServer.Execute(_cluster.Database, administrator);
        await TestServer.Execute(As("owner", 1), blocks[1]);
        Assert.Equal((0, ""), await _cluster.SiloThatEnds(["migrate"], ("ThreadGrains__Database", As("owner", 1))));
        await TestServer.Execute(As("owner", 1), blocks[2]);

        var (silo, port) = _cluster.StartSilo(("ThreadGrains__Database", As("silo", 2)), ("ThreadGrains__Migrate", "false"));
        var gateway = _cluster.StartGateway(("ThreadGrains__Database", As("gateway", 3)));
        await silo.UntilReady(port);
        await gateway.UntilReady(_cluster.Gateway);
        Assert.Equal(HttpStatusCode.Accepted, (await _cluster.Announce("billing", "alert-1")).StatusCode);
        await TestServer.Execute(As("silo", 2), "select history_make_months()");

        await Forbidden(As("silo", 2), "create table mine (a integer)");
        await Forbidden(As("silo", 2), "update OrleansQuery set QueryText = ''");
        await Forbidden(As("silo", 2), "delete from schema_version");
        await Forbidden(As("gateway", 3), "select 1 from activity");
        await Forbidden(As("gateway", 3), "select 1 from grain_state");
        await Forbidden(As("gateway", 3), "delete from cluster_member");
        silo.AskToStop();
        Assert.Equal(0, await silo.Exit());
        Assert.DoesNotContain("42501", silo.Output + gateway.Output, StringComparison.Ordinal); // insufficient_privilege
        Assert.DoesNotContain("choose-", silo.Output + silo.Errors + gateway.Output + gateway.Errors, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _cluster = await Cluster.Create();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlocks();

    private static async Task Forbidden(string connectionString, string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => TestServer.Execute(connectionString, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private string As(string role, int password) =>
        new NpgsqlConnectionStringBuilder(_cluster.Database) { Username = $"threadgrains_{role}", Password = $"choose-{password}" }.ToString();

    private async Task Refuses(StartedProcess gateway, string id)
    {
        await gateway.Until("it says that it is not ready", async () => await _cluster.Health(_cluster.Gateway, "ready") == HttpStatusCode.ServiceUnavailable);
        var answer = await _cluster.Announce("billing", id);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    private async Task Refused(string named, params (string Name, string Value)[] settings)
    {
        var (exit, errors) = await _cluster.SiloThatEnds([], settings);
        Assert.Equal(1, exit);
        Assert.StartsWith("threadgrains-silo: ", errors, StringComparison.Ordinal);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', errors);
        Assert.DoesNotContain("hunter2", errors, StringComparison.Ordinal);
    }

    private async Task<string> Scalar(string sql)
    {
        await using var connection = new NpgsqlConnection(_cluster.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
