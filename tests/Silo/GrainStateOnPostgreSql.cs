using System.Globalization;
using Npgsql;
using Orleans.Storage;
using ThreadGrains.Silo.PostgreSql;
using ThreadGrains.Tests.PostgreSql;

namespace ThreadGrains.Silo.Tests;

public sealed class GrainStateOnPostgreSql : GrainStateContract, IAsyncLifetime
{
    private string _database = "";
    private NpgsqlDataSource _source = null!;

    protected override string PayloadSql => "select convert_from(payload, 'UTF8') from grain_state";

    private protected override GrainStorage.StoredInstallations Installations => new(_source);

    [Fact]
    public async Task Who_holds_a_version_of_a_state_that_was_deleted_does_not_bring_it_back()
    {
        await using var silo = await StartSilo(new SiloUnderTest(DeleteOnClear: true));
        await silo.Write("a", new GrainState<Note>(new Note { Text = "first" }));
        var stale = await silo.Read("a");
        await silo.Clear("a", await silo.Read("a"));

        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Write("a", stale));

        Assert.Equal("0", await Scalar("select count(*) from grain_state"));
    }

    [Fact]
    public async Task A_state_is_found_by_its_key_alone()
    {
        await Scalar("""
            insert into grain_state (service_id, state_name, key_text, key_0, key_1, version)
            select 'threadgrains', 'note', 'state-' || n, 0, 0, 1 from generate_series(1, 20000) as n
            """);
        await Scalar("analyze grain_state");
        string plan = await Scalar("""
            explain (format json) select payload, version from grain_state
             where service_id = 'threadgrains' and state_name = 'note' and key_text = 'state-17' and key_0 = 0 and key_1 = 0
            """);

        Assert.Contains("grain_state_pkey", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _database = await TestServer.CreateDatabase();
        PostgreSqlSchema.Upgrade(_database);
        _source = ClusterDatabase.Source(_database);
    }

    public async Task DisposeAsync()
    {
        await _source.DisposeAsync();
        await TestServer.DropDatabase(_database);
    }

    private protected override Task<RunningSilo> StartSilo(SiloUnderTest? settings = null) => RunningSilo.OnPostgreSql(_source, settings ?? new SiloUnderTest());

    protected override async Task<string> Scalar(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }
}
