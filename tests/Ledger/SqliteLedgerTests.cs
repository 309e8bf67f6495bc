using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Ledger.Sql;
using ThreadGrains.Ledger.Sqlite;

namespace ThreadGrains.Ledger.Tests;

/// <summary>What only SQLite has: its settings, its plans, its locks, its file.</summary>
public sealed class SqliteLedgerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SqliteStore _store;
    private readonly World _world;

    public SqliteLedgerTests()
    {
        _store = new SqliteStore(_clock);
        _world = new World(_store, _clock);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private SqliteConnection Raw()
    {
        var connection = new SqliteConnection($"Data Source={_store.Options.Path};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Execute(string sql)
    {
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [Theory]
    [InlineData("Writer")]
    [InlineData("Reader")]
    [InlineData("Checkpointer")]
    public void Every_connection_writes_through_to_the_disk(string role)
    {
        using var connection = LedgerFile.Open(_store.Options, Enum.Parse<ConnectionRole>(role));
        Assert.Equal("2", connection.Ask("pragma synchronous"));
        Assert.Equal("wal", connection.Ask("pragma journal_mode"));
        Assert.Equal("200", connection.Ask("pragma busy_timeout"));
        if (role == "Writer")
        {
            Assert.Equal("0", connection.Ask("pragma wal_autocheckpoint"));
        }

        if (role == "Reader")
        {
            Assert.Throws<SqliteFailure>(() => connection.Ask("delete from thread"));
        }
    }

    [Fact]
    public void Weaker_durability_is_had_only_by_its_name()
    {
        Assert.Equal(SqliteSynchronous.Full, new SqliteLedgerOptions { Path = "x" }.Synchronous);
        using var connection = LedgerFile.Open(
            new SqliteLedgerOptions { Path = _store.Options.Path, Synchronous = SqliteSynchronous.Normal }, ConnectionRole.Writer);
        Assert.Equal("1", connection.Ask("pragma synchronous"));
        Assert.Throws<ArgumentException>(() => SqliteLedger.Open(new SqliteLedgerOptions { Path = "x", Synchronous = 0 }, _clock));
        Assert.Throws<ArgumentException>(() => SqliteLedger.Open(new SqliteLedgerOptions { Path = "x", MaxBatch = 0 }, _clock));
    }

    [Fact]
    public void A_database_that_cannot_keep_a_log_is_refused() =>
        Assert.Throws<LedgerUnavailableException>(() => SqliteLedger.Open(new SqliteLedgerOptions { Path = ":memory:" }, _clock));

    [Fact]
    public void A_folder_that_is_not_there_is_said_so() =>
        Assert.Throws<LedgerUnavailableException>(() => SqliteLedger.Open(new SqliteLedgerOptions { Path = "/nowhere/at/all/ledger.db" }, _clock));

    [Fact]
    public void No_statement_that_writes_walks_through_a_table()
    {
        using var session = new WriteSession(LedgerFile.Open(_store.Options, ConnectionRole.Writer, _clock), _store.Options.Times);
        Assert.Empty(Scans((LedgerFile)session.Connection));
    }

    [Fact]
    public void No_read_but_the_check_of_everything_walks_through_a_table()
    {
        using var session = new ReadSession(LedgerFile.Open(_store.Options, ConnectionRole.Reader, _clock));
        Assert.DoesNotContain(Scans((LedgerFile)session.Connection), scan => !scan.Contains("made <>", StringComparison.Ordinal));
    }

    /// <summary>Statements whose plan scans a table. A scan of a partial index of what is due, or of a row at hand, is none.</summary>
    private static List<string> Scans(LedgerFile connection)
    {
        var found = new List<string>();
        foreach (string sql in connection.Statements.Select(statement => statement.Sql).Where(IsQuery))
        {
            using var plan = new SqliteStatement(connection, "explain query plan " + sql);
            while (plan.Step())
            {
                string step = plan.Text(3);
                string[] small = ["CONSTANT ROW", "json_each", "delivery_unfinished", "delivery_dead", "SCAN these"];
                if (step.StartsWith("SCAN", StringComparison.Ordinal) && !small.Any(step.Contains) && !IsDerived(step, sql))
                {
                    found.Add($"{step} in: {sql}");
                }
            }
        }

        return found;
    }

    private static bool IsQuery(string sql) =>
        !(sql.StartsWith("begin", StringComparison.Ordinal) || sql is "commit" || sql.Contains(" item", StringComparison.Ordinal) && sql.Length < 20);

    /// <summary>The scan is of a subselect that this statement names itself and that is bounded.</summary>
    private static bool IsDerived(string step, string sql) =>
        step == "SCAN d" && sql.Contains("order by h.position limit 1) d", StringComparison.Ordinal);

    [Fact]
    public async Task While_another_process_holds_the_lock_writes_are_unavailable_and_then_go_on()
    {
        var group = _world.Group();
        var thread = await group.Open();
        using (var other = Raw())
        {
            using var hold = other.CreateCommand();
            hold.CommandText = "begin immediate";
            hold.ExecuteNonQuery();
            Assert.IsType<TurnOutcome.Unavailable>(await _world.Ledger.CommitTurn(group.Turn(new Guid[][] { [thread] }), default));
            Assert.NotNull(await _world.Ledger.LoadGroup("acme", "g1", default));
            hold.CommandText = "rollback";
            hold.ExecuteNonQuery();
        }

        await group.Accept(thread);
        await _world.Conserves();
    }

    [Fact]
    public async Task A_full_disk_makes_writes_unavailable_until_there_is_space()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await using var full = SqliteLedger.Open(_store.Options, _clock);
        full.OnSession = session => ((LedgerFile)session.Connection).Ask("pragma max_page_count = 1");
        var big = group.Turn(new Guid[][] { [thread] });
        big = big with { Activities = [big.Activities[0] with { Data = new string('x', 2_000_000) }] };
        Assert.IsType<TurnOutcome.Unavailable>(await full.CommitTurn(big, default));
        Assert.IsType<TurnOutcome.Unavailable>(await full.CommitTurn(big, default));
        Assert.Equal(0, (await _world.Read(thread)).PendingCount);

        full.OnSession = session => ((LedgerFile)session.Connection).Ask("pragma max_page_count = 1000000");
        Assert.IsType<TurnOutcome.Taken>(await full.CommitTurn(big, default));
    }

    [Fact]
    public async Task One_more_than_the_queue_holds_is_unavailable_at_once()
    {
        string path = Path.Combine(_store.Folder, "small.db");
        await using var small = SqliteLedger.Open(new SqliteLedgerOptions { Path = path, QueueCapacity = 2, MaxBatch = 1 }, _clock);
        using var gate = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        small.Faults = () =>
        {
            inside.Set();
            Assert.True(gate.Wait(TimeSpan.FromSeconds(30)));
            return CommitFault.None;
        };
        var first = small.CommitTurn(_world.Group("g0").AlertTurn(out _, "C0"), default);
        Assert.True(inside.Wait(TimeSpan.FromSeconds(30)));
        var waiting = new[] { 1, 2 }.Select(i => small.CommitTurn(_world.Group($"g{i}").AlertTurn(out _, $"C{i}"), default)).ToList();
        var refused = small.CommitTurn(_world.Group("g3").AlertTurn(out _, "C3"), default);
        Assert.True(refused.IsCompleted);
        Assert.IsType<TurnOutcome.Unavailable>(await refused);
        gate.Set();
        Assert.All(await Task.WhenAll(waiting.Append(first)), outcome => Assert.IsType<TurnOutcome.Taken>(outcome));
    }

    [Fact]
    public async Task A_schema_that_is_newer_is_refused_and_left_alone()
    {
        await _world.Group().Announce();
        Execute("insert into SchemaVersions (ScriptName, Applied) values ('ThreadGrains.Ledger.Sqlite.Schema.9999_future.sql', '2030-01-01')");
        var refused = await Assert.ThrowsAsync<LedgerSchemaNewerException>(_store.Reopen);
        Assert.Contains("9999_future", refused.Message, StringComparison.Ordinal);
        Execute("delete from SchemaVersions where ScriptName like '%9999%'");
        await _store.Reopen();
        Assert.NotNull(await _world.Ledger.LoadGroup("acme", "g1", default));
    }

    [Fact]
    public async Task The_index_itself_forbids_a_second_post_in_flight()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var post = await group.Claim(thread);
        var refused = Assert.Throws<SqliteException>(() => Execute(
            $"insert into post select randomblob(16), thread_id, kind, state, ending, epoch, claimed_at, not_after, read_from, revision, slack_ts, known_end, read_at, absent_reads, doubt_since, verify_at, reason, ended_at, restored from post where hex(id) = '{post.ToString("N").ToUpperInvariant()}'"));
        Assert.Equal(19, refused.SqliteErrorCode);
    }

    [Theory]
    [InlineData("state = 'closed'")]
    [InlineData("state = 'posting'")]
    [InlineData("ts = null")]
    public async Task A_reply_is_claimed_only_in_an_open_thread_with_a_ts_even_where_other_rows_would_allow_it(string damage)
    {
        var group = _world.Group();
        var thread = await group.Open();
        var replies = await group.Accept(thread);
        Execute($"update thread set {damage}");
        Assert.IsType<ClaimOutcome.NotNow>(await _world.Ledger.Claim(group.ClaimOf(thread, PostKind.Reply, replies), default));
    }

    [Fact]
    public async Task A_post_carries_a_root_exactly_if_it_is_one_even_where_other_rows_would_allow_it()
    {
        var group = _world.Group();
        var open = await group.Open();
        var reply = await group.Accept(open);
        Execute("update delivery set kind = 'root' where state = 'pending'");
        Assert.IsType<ClaimOutcome.NotNow>(await _world.Ledger.Claim(group.ClaimOf(open, PostKind.Reply, reply), default));
        var posting = await group.Announce("C2");
        var root = (await _world.Read(posting)).Pending[0].Id;
        Execute("update delivery set kind = 'reply' where state = 'pending'");
        Assert.IsType<ClaimOutcome.NotNow>(await _world.Ledger.Claim(group.ClaimOf(posting, PostKind.Root, root), default));
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("open")]
    public async Task A_root_is_claimed_only_while_its_thread_is_posting_even_where_other_rows_would_allow_it(string state)
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var root = (await _world.Read(thread)).Pending[0].Id;
        Execute($"update thread set state = '{state}'");
        Assert.IsType<ClaimOutcome.NotNow>(await _world.Ledger.Claim(group.ClaimOf(thread, PostKind.Root, root), default));
    }

    [Fact]
    public async Task Ids_stand_in_the_file_in_the_order_of_time()
    {
        var group = _world.Group();
        await group.Announce();
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = "select hex(id) from issue_group";
        Assert.Equal(group.Id.ToString("N"), ((string)command.ExecuteScalar()!).ToLowerInvariant());
    }

    [Fact]
    public async Task Conservation_finds_a_counter_and_a_row_that_do_not_fit()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread);
        Execute("update thread set made = made + 1");
        Assert.Equal(thread, Assert.Single(await _world.Ledger.CheckConservation(default)).Thread);
        // Of the two shares of the buckets it is in one (7 % 2), and its unfinished delivery brings it up whenever it changed.
        Assert.Equal(thread, Assert.Single(await _world.Ledger.CheckConservation(_clock.GetUtcNow().AddDays(1), 1, 2, default)).Thread);
        Assert.Empty(await _world.Ledger.CheckConservation(_clock.GetUtcNow().AddDays(-1), 0, 2, default));
        await group.Send(thread);
        Assert.Equal(thread, Assert.Single(await _world.Ledger.CheckConservation(_clock.GetUtcNow(), 0, 1, default)).Thread);
        Assert.Empty(await _world.Ledger.CheckConservation(_clock.GetUtcNow().AddSeconds(1), 0, 1, default));
        await _world.Settles(await ClaimAfterAccept(group, thread), new PostResult.Dead("msg_too_long"));
        Assert.Equal(thread, Assert.Single(await _world.Ledger.CheckConservation(_clock.GetUtcNow(), 0, 1, default)).Thread);
        Execute("update thread set made = made - 1");
        await _world.Conserves();
        Execute("delete from delivery where state = 'sent'");
        Assert.Single(await _world.Ledger.CheckConservation(default));
    }

    private static async Task<Guid> ClaimAfterAccept(TestGroup group, Guid thread)
    {
        await group.Accept(thread);
        return await group.Claim(thread);
    }

    [Fact]
    public async Task The_log_is_copied_beside_the_commits_and_begun_anew()
    {
        string path = Path.Combine(_store.Folder, "log.db");
        await using var ledger = SqliteLedger.Open(
            new SqliteLedgerOptions { Path = path, CheckpointPages = 50, MaxLogPages = 200 }, _clock);
        for (int i = 0; i < 400; i++)
        {
            Assert.IsType<TurnOutcome.Taken>(await ledger.CommitTurn(_world.Group($"g{i}").AlertTurn(out _, $"C{i}"), default));
        }

        // Some 4,000 pages were written; had it never begun anew it would hold them all.
        Assert.True(new FileInfo(path + "-wal").Length < 1500 * 4096, $"{new FileInfo(path + "-wal").Length} bytes of log");
    }

    [Fact]
    public async Task After_kill_9_of_a_writing_process_everything_that_was_told_as_taken_is_there()
    {
        string path = Path.Combine(_store.Folder, "crash.db");
        for (int round = 0; round < 3; round++)
        {
            var told = new List<string>();
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ThreadGrains.Ledger.CrashWriter.dll"));
            start.ArgumentList.Add(path);
            start.ArgumentList.Add($"round{round}");
            using var child = Process.Start(start)!;
            while (told.Count < 300 && await child.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
            {
                told.Add(line);
            }

            child.Kill();
            while (await child.StandardOutput.ReadLineAsync() is { } rest)
            {
                told.Add(rest);
            }

            await child.WaitForExitAsync();
            Assert.True(told.Count >= 300, $"the writer told {told.Count} lines only");

            await using var ledger = SqliteLedger.Open(new SqliteLedgerOptions { Path = path }, TimeProvider.System);
            foreach (var group in told.Where(line => line.Contains(' ', StringComparison.Ordinal)).GroupBy(line => line.Split(' ')[0]))
            {
                long last = group.Max(line => long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
                Assert.True((await ledger.LoadGroup("acme", group.Key, default))!.NextSequence > last, $"{group.Key} lost {last}");
            }

            Assert.Empty(await ledger.CheckConservation(default));
        }
    }
}
