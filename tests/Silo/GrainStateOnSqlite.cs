using Microsoft.Data.Sqlite;

namespace ThreadGrains.Silo.Tests;

public sealed class GrainStateOnSqlite : GrainStateContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.PathOf("grains.db");

    protected override string PayloadSql => "select cast(payload as text) from grain_state";

    private protected override GrainStorage.StoredInstallations Installations => GrainStorage.SqliteGrainStorage.Installations(File);

    // More writers than one only wait for the one lock.
    protected override int Lanes => 1;

    /// <summary>One writer at a time, and a disk flush for each write: fewer show the same.</summary>
    protected override int States => 400;

    // The lock is not fair: nothing was written, once more.
    protected override bool IsRefusedForNow(Exception refusal) => refusal is SqliteException { SqliteErrorCode: 5 };

    private protected override Task<RunningSilo> StartSilo(SiloUnderTest? settings = null) => RunningSilo.OnSqlite(File, settings ?? new SiloUnderTest());

    protected override Task<string> Scalar(string sql) => Task.FromResult(Query(sql));

    [Fact]
    public async Task A_write_that_met_a_held_lock_fails_and_the_next_one_works()
    {
        await using var silo = await StartSilo();
        var state = new GrainState<Note>(new Note { Text = "first" });
        await silo.Write("a", state);
        state.State!.Text = "second";

        using (var holder = new SqliteConnection($"Data Source={File}"))
        {
            holder.Open();
            using var held = holder.BeginTransaction(deferred: false);
            var refusal = await Assert.ThrowsAsync<SqliteException>(() => silo.Write("a", state));
            Assert.Equal(5, refusal.SqliteErrorCode); // SQLITE_BUSY
        }

        await silo.Write("a", state);
        Assert.Equal("second", (await silo.Read("a")).State!.Text);
    }

    [Fact]
    public void The_file_is_write_ahead_logged_and_preparing_it_again_changes_nothing()
    {
        GrainStorage.SqliteGrainStorage.Prepare(File);
        string before = Schema();

        GrainStorage.SqliteGrainStorage.Prepare(File);

        Assert.Equal(before, Schema());
        Assert.Equal("wal", Query("pragma journal_mode"));
        Assert.Equal("4", Query("select count(*) from OrleansQuery"));
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        GrainStorage.SqliteGrainStorage.Prepare(File);
        Query("""
            insert into SchemaVersions (ScriptName, Applied)
            values ('ThreadGrains.Silo.GrainStorage.Sqlite.9999-from-the-future.sql', '2030-01-01')
            """);
        string before = Schema();

        var refusal = Assert.Throws<StartRefusedException>(() => GrainStorage.SqliteGrainStorage.Prepare(File));

        Assert.Contains("newer version of ThreadGrains", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("9999-from-the-future", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(before, Schema());
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_with_its_name()
    {
        await System.IO.File.WriteAllTextAsync(File, string.Concat(Enumerable.Repeat("this is a letter, not a database. ", 100)));

        var refusal = Assert.Throws<StartRefusedException>(() => GrainStorage.SqliteGrainStorage.Prepare(File));

        Assert.Contains(File, refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string Schema() => Query("select group_concat(name || ifnull(sql, ''), ';') from sqlite_master")
        + Query("select group_concat(ScriptName, ';') from SchemaVersions");

    private string Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
