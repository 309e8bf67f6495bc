using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace ThreadGrains.Silo.Tests;

public sealed class GrainStateOnSqlite : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.PathOf("grains.db");

    [Fact]
    public async Task A_grain_finds_its_state_again_after_the_silo_was_stopped_and_started()
    {
        await using (var before = await RunningSilo.Start(File))
        {
            await before.Grains.GetGrain<INotebookGrain>("acme/billing-42").Write("paid");
        }

        await using var after = await RunningSilo.Start(File);
        Assert.Equal("paid", await after.Grains.GetGrain<INotebookGrain>("acme/billing-42").Read());
        Assert.Equal("", await after.Grains.GetGrain<INotebookGrain>("acme/billing-43").Read());
    }

    [Theory]
    [InlineData("T0123456789")]
    [InlineData("T01/C02")]
    [InlineData("acme/o'brien \"; drop table grain_state; --")]
    [InlineData("größe/絵文字🎉")]
    public async Task Keys_are_taken_as_they_are(string key)
    {
        await using var silo = await RunningSilo.Start(File);
        var written = new GrainState<Note>(new Note { Text = key, Tags = ["one", "zwei"] });
        await silo.Write(key, written);
        await silo.Write(key + "x", new GrainState<Note>(new Note { Text = "another" }));

        var read = await silo.Read(key);

        Assert.True(read.RecordExists);
        Assert.Equal(key, read.State!.Text);
        Assert.Equal(["one", "zwei"], read.State!.Tags);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Fact]
    public async Task A_state_is_a_plain_document_without_type_names()
    {
        await using var silo = await RunningSilo.Start(File);
        await silo.Write("a", new GrainState<Note>(new Note { Text = "hello" }));

        Assert.Equal("""{"Text":"hello","Tags":[]}""", Scalar("select cast(payload as text) from grain_state"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cleared_state_is_gone_and_can_be_written_again(bool deleteOnClear)
    {
        await using var silo = await RunningSilo.Start(File, deleteOnClear);
        var state = new GrainState<Note>(new Note { Text = "first" });
        await silo.Write("a", state);

        await silo.Clear("a", state);
        var cleared = await silo.Read("a");
        Assert.False(cleared.RecordExists);
        Assert.Equal(deleteOnClear ? "0" : "1", Scalar("select count(*) from grain_state"));

        cleared.State = new Note { Text = "second" };
        await silo.Write("a", cleared);
        Assert.Equal("second", (await silo.Read("a")).State!.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_read_an_older_version_can_neither_write_nor_clear(bool deleteOnClear)
    {
        await using var silo = await RunningSilo.Start(File, deleteOnClear);
        await silo.Write("a", new GrainState<Note>(new Note { Text = "first" }));
        var stale = await silo.Read("a");
        var current = await silo.Read("a");
        current.State!.Text = "second";
        await silo.Write("a", current);

        stale.State!.Text = "from the past";
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Write("a", stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Clear("a", stale));
        Assert.Equal("second", (await silo.Read("a")).State!.Text);

        await silo.Clear("a", current);
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Write("a", stale));
    }

    [Fact]
    public async Task Of_two_first_writes_of_a_state_exactly_one_wins_and_the_other_is_told()
    {
        const int states = 5_000;
        await using var one = await RunningSilo.Start(File);
        await using var other = await RunningSilo.Start(File);

        var results = new System.Collections.Concurrent.ConcurrentBag<(int State, string Writer, Exception? Refusal)>();
        async Task WriteAll(RunningSilo silo, string writer)
        {
            for (int n = 0; n < states; n++)
            {
                var first = new GrainState<Note>(new Note { Text = writer });
                Exception? refusal;
                do
                {
                    refusal = await Record.ExceptionAsync(() => silo.Write($"state-{n}", first));
                }
                while (refusal is SqliteException { SqliteErrorCode: 5 }); // the lock is not fair: nothing was written, once more
                results.Add((n, writer, refusal));
            }
        }

        await Task.WhenAll(Task.Run(() => WriteAll(one, "one")), Task.Run(() => WriteAll(other, "other")));

        Assert.Equal(2 * states, results.Count);
        Assert.All(results, result => Assert.True(result.Refusal is null or InconsistentStateException, result.Refusal?.ToString()));
        var winners = results.Where(result => result.Refusal is null).ToDictionary(result => result.State, result => result.Writer);
        Assert.Equal(states, winners.Count);
        Assert.Equal(states.ToString(System.Globalization.CultureInfo.InvariantCulture), Scalar("select count(*) from grain_state"));
        Assert.Equal("0", Scalar("select count(*) from (select 1 from grain_state group by state_name, key_text having count(*) > 1)"));
        foreach (int n in winners.Keys.Where(n => n % 500 == 0))
        {
            Assert.Equal(winners[n], (await one.Read($"state-{n}")).State!.Text);
        }
    }

    [Fact]
    public async Task A_write_that_met_a_held_lock_fails_and_the_next_one_works()
    {
        await using var silo = await RunningSilo.Start(File);
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
        Assert.Equal("wal", Scalar("pragma journal_mode"));
        Assert.Equal("4", Scalar("select count(*) from OrleansQuery"));
    }

    [Fact]
    public void A_file_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        GrainStorage.SqliteGrainStorage.Prepare(File);
        Scalar("""
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

    private string Schema() => Scalar("select group_concat(name || ifnull(sql, ''), ';') from sqlite_master")
        + Scalar("select group_concat(ScriptName, ';') from SchemaVersions");

    private string Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
