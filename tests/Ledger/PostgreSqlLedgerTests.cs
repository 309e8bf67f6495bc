using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ThreadGrains.Ledger.PostgreSql;
using ThreadGrains.Tests.PostgreSql;
using Xunit.Abstractions;

namespace ThreadGrains.Ledger.Tests;

/// <summary>What only PostgreSQL has: several writers, locks, connections that are lost, and a server's own clock and settings.</summary>
public sealed class PostgreSqlLedgerTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private PostgreSqlStore _store = null!;
    private PostgreSqlLedger _other = null!;
    private World _world = null!;

    public async Task InitializeAsync()
    {
        _store = await PostgreSqlStore.Open(_clock);
        _other = PostgreSqlLedger.Open(_store.Options, _clock);
        _world = new World(_store, _clock);
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        _store.ForgetConnections();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Once_another_silo_has_taken_over_the_former_writes_nothing_but_what_it_knows_of_its_posts()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread, 3);
        var post = await group.Claim(thread);
        var former = group.Turn(new Guid[][] { [thread] });
        var taking = group.Turn(new Guid[][] { [thread] }) with { Fence = group.TakeOverBy("silo-2") };
        Assert.IsType<TurnOutcome.Taken>(await _other.CommitTurn(taking, default));

        Assert.IsType<TurnOutcome.Fenced>(await _world.Ledger.CommitTurn(former, default));
        Assert.Equal(WriteOutcome.Fenced, await _world.Ledger.CloseThread(group.Fence, thread, "x", default));
        Assert.Equal(WriteOutcome.Fenced, await _world.Ledger.StepDoubt(group.Fence, post, new DoubtStep.Begin(_world.Now), default));
        Assert.IsType<SettleOutcome.Settled>(await _world.Ledger.Settle(post, new PostResult.Sent(_world.NewTs()), default));
        group.Took(taking);
        Assert.IsType<ClaimOutcome.Fenced>(await _world.Ledger.Claim(group.ClaimOf(thread, PostKind.Reply, (await _world.Read(thread)).Pending[0].Id) with
        {
            Fence = new Fence(group.Id, 1, "silo-1", false),
        }, default));
        await _world.Conserves();
    }

    [Fact]
    public async Task What_a_read_of_several_queries_left_unread_is_not_given_to_the_next_one()
    {
        await using var source = PostgreSqlLedger.Source(_store.Options);
        using var connection = PostgreSqlConnection.Open(source, _clock);
        var groups = connection.Prepare("select name from issue_group");
        Assert.True(connection.Together([groups], static () => true));
        await _world.Group("late").Announce();
        Assert.Equal(["late"], connection.InOneSnapshot(() => groups.All(static row => row.Text(0))));
    }

    [Fact]
    public async Task Of_two_silos_that_take_over_at_once_one_wins_and_never_both()
    {
        var groups = Enumerable.Range(0, 60).Select(i => _world.Group($"g{i}")).ToList();
        foreach (var group in groups)
        {
            await group.Announce();
        }

        var outcomes = await Task.WhenAll(groups.SelectMany(group => new[] { (_world.Ledger, "silo-2"), (_other, "silo-3") }.Select(async silo =>
            await silo.Item1.CommitTurn(group.Turn(new Guid[][] { [] }) with { Fence = group.TakeOverBy(silo.Item2) }, default))));
        foreach (var pair in outcomes.Chunk(2))
        {
            Assert.Single(pair, outcome => outcome is TurnOutcome.Taken);
            Assert.Single(pair, outcome => outcome is TurnOutcome.Fenced);
        }
    }

    [Fact]
    public async Task Of_two_silos_that_make_two_thousand_groups_at_once_one_makes_each_and_the_other_goes_on_with_it()
    {
        const int groups = 2_000;
        await Parallel.ForAsync(0, groups, new ParallelOptions { MaxDegreeOfParallelism = 128 }, async (i, _) =>
        {
            var (one, other) = (_world.Group($"g{i}"), _world.Group($"g{i}"));
            other.Owner = "silo-2";
            var (mine, theirs) = (one.AlertTurn(out var myThread), other.AlertTurn(out var theirThread));
            var outcomes = await Task.WhenAll(_world.Ledger.CommitTurn(mine, default), _other.CommitTurn(theirs, default));
            Assert.Single(outcomes, outcome => outcome is TurnOutcome.Taken);
            Assert.Single(outcomes, outcome => outcome is TurnOutcome.Fenced);

            // Who lost reads, takes over, and writes: the group is nobody's wreck. One in ten, since the race is what is counted.
            if (i % 10 != 0)
            {
                return;
            }

            bool isMine = outcomes[0] is TurnOutcome.Taken;
            var made = await _other.LoadGroup("acme", $"g{i}", default);
            Assert.Equal((isMine ? one : other).Id, made!.Id);
            Assert.Equal(isMine ? myThread : theirThread, Assert.Single(made.Threads).Id);
            var winner = isMine ? one : other;
            winner.Took(isMine ? mine : theirs);
            var next = winner.Turn(new Guid[][] { [made.Threads[0].Id] }) with { Fence = winner.TakeOverBy("loser") };
            Assert.IsType<TurnOutcome.Taken>(await (isMine ? _other : _world.Ledger).CommitTurn(next, default));
        });

        await using var source = NpgsqlDataSource.Create(_store.ConnectionString);
        await using var count = source.CreateCommand("select count(*) from issue_group");
        Assert.Equal((long)groups, await count.ExecuteScalarAsync());
        await _world.Conserves();
    }

    [Fact]
    public async Task An_id_that_two_silos_bring_at_once_for_different_groups_counts_once()
    {
        var (one, two) = (_world.Group("g1"), _world.Group("g2"));
        await one.Announce();
        await two.Announce();
        for (int i = 0; i < 40; i++)
        {
            var key = _world.Key($"same-{i}");
            var (mine, theirs) = (one.Turn(new Guid[][] { [] }) with { Keys = [key] }, two.Turn(new Guid[][] { [] }) with { Keys = [key] });
            var outcomes = await Task.WhenAll(_world.Ledger.CommitTurn(mine, default), _other.CommitTurn(theirs, default));
            Assert.Single(outcomes, outcome => outcome is TurnOutcome.Taken);
            Assert.Equal(key.Receipt, Assert.Single(Assert.IsType<TurnOutcome.Known>(Assert.Single(outcomes, outcome => outcome is not TurnOutcome.Taken)).Keys).Receipt);
            if (outcomes[0] is TurnOutcome.Taken)
            {
                one.Took(mine);
            }
            else
            {
                two.Took(theirs);
            }
        }
    }

    [Fact]
    public async Task A_copy_that_one_silo_wants_away_and_another_adopts_at_once_is_either_and_never_both()
    {
        int adopted = 0;
        const int Rounds = 60;
        for (int i = 0; i < Rounds; i++)
        {
            var (group, other) = (_world.Group($"g{i}"), _world.Group($"other-{i}"));
            var thread = await group.Announce();
            var first = await group.AbsentTwice(thread);
            await _world.Settles(await group.Claim(thread), new PostResult.Sent(_world.NewTs()));
            string copy = $"1700000900.{i:000000}";
            await _world.Ledger.Observe(first, copy, "event", "slack", default);
            var seen = Assert.Single((await _world.Read(thread)).Observations);
            var adoption = other.AlertTurn(out _, adoptedTs: copy);

            var ending = Task.Run(() => _world.Ledger.EndObservation(group.Fence, seen.Id, default));
            var adopting = Task.Run(() => _other.CommitTurn(adoption, default));

            Assert.Equal(WriteOutcome.Done, await ending);
            bool isAdopted = await adopting is TurnOutcome.Taken;
            adopted += isAdopted ? 1 : 0;
            Assert.Equal(isAdopted ? 0 : 1, (await _world.Read(thread)).Cleanups.Count);
        }

        output.WriteLine($"{adopted} of {Rounds} copies were adopted");
    }

    [Fact]
    public async Task Two_writers_that_work_on_the_same_groups_lose_nothing_and_never_stop_each_other()
    {
        var groups = Enumerable.Range(0, 8).Select(i => _world.Group($"g{i}")).ToList();
        var threads = new List<Guid>();
        foreach (var group in groups)
        {
            threads.Add(await group.Open());
        }

        // The owner accepts and claims, and both silos write results, as after a take-over.
        await Task.WhenAll(groups.Select((group, g) => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                await group.Accept(threads[g], 2);
                for (int n = 0; n < 2; n++)
                {
                    var post = await group.Claim(threads[g]);
                    var sent = new PostResult.Sent(_world.NewTs());
                    var outcomes = await Task.WhenAll(_other.Settle(post, sent, default), _world.Ledger.Settle(post, sent, default));
                    Assert.All(outcomes, outcome => Assert.IsType<SettleOutcome.Settled>(outcome));
                }
            }
        })));

        foreach (var (group, thread) in groups.Zip(threads))
        {
            var row = await _world.Thread(group, thread);
            Assert.Equal((51L, 51L), (row.Made, row.Sent));
            Assert.Null((await group.Load()).WakeAt);
        }

        await _world.Conserves();
    }

    [Fact]
    public async Task A_group_that_somebody_else_holds_keeps_no_other_group_waiting()
    {
        var (held, free) = (_world.Group("g1"), _world.Group("g2"));
        await held.Announce();
        await free.Announce();
        await using var holder = await Hold("g1");

        var waiting = _world.Ledger.CommitTurn(held.Turn(new Guid[][] { [] }), default);
        await Waits();
        await free.Commit(free.Turn(new Guid[][] { [] })).WaitAsync(TimeSpan.FromSeconds(2.5));

        Assert.False(waiting.IsCompleted);
        await holder.CloseAsync();
        Assert.IsType<TurnOutcome.Taken>(await waiting);
    }

    [Fact]
    public async Task What_is_finished_in_a_group_that_somebody_holds_is_moved_another_time()
    {
        var (held, free) = (_world.Group("g1"), _world.Group("g2"));
        foreach (var group in (TestGroup[])[held, free])
        {
            var thread = await group.Open();
            await group.Accept(thread, 1);
            await _world.Settles(await group.Claim(thread), new PostResult.Sent(_world.NewTs()));
        }

        _clock.Advance(TimeSpan.FromDays(1));
        int moved;
        await using (await Hold("g1"))
        {
            moved = await _world.Ledger.MoveToHistory(_world.Now, 1000, default).WaitAsync(TimeSpan.FromSeconds(2.5));
        }

        Assert.True(moved > 0);
        Assert.True(await _world.Ledger.MoveToHistory(_world.Now, 1000, default) > 0);
        Assert.Equal(0, await _world.Ledger.MoveToHistory(_world.Now, 1000, default));
        await _world.Conserves();
    }

    [Fact]
    public async Task What_a_process_left_locked_is_let_go_by_the_server_and_then_written()
    {
        var group = _world.Group();
        await group.Announce();
        var turn = group.Turn(new Guid[][] { [] });
        await using var frozen = await Hold("g1", "-c idle_in_transaction_session_timeout=3000");

        Assert.IsType<TurnOutcome.Taken>(await _world.Ledger.CommitTurn(turn, default));
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await new NpgsqlCommand("commit", frozen).ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task A_connection_that_was_lost_while_idle_is_replaced_and_nobody_notices()
    {
        var group = _world.Group();
        var thread = await group.Open();
        for (int i = 0; i < 5; i++)
        {
            await Terminate();
            await group.Accept(thread);
            await Terminate();
            Assert.Equal(i + 1, (await _world.Read(thread)).PendingCount);
        }
    }

    [Fact]
    public async Task While_connections_are_lost_every_outcome_is_true_and_nothing_is_lost_or_doubled()
    {
        var group = _world.Group();
        var thread = await group.Open();
        using var end = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            // They are lost at every age: while they open, in the middle of a batch, and after many.
            for (int round = 0; !end.IsCancellationRequested; round++)
            {
                await Terminate();
                await Task.Delay(5 << (round % 6));
            }
        });

        int accepted = 0;
        for (int i = 0; i < 150; i++)
        {
            var turn = group.Turn(new Guid[][] { [thread] });
            switch (await _world.Ledger.CommitTurn(turn, default))
            {
                case TurnOutcome.Taken:
                    group.Took(turn);
                    accepted++;
                    break;
                case TurnOutcome.Unknown:
                    // Whoever writes the group next waits for what may still be on its way, and then its number tells.
                    var again = await Until(() => _world.Ledger.CommitTurn(turn, default));
                    Assert.True(again is TurnOutcome.Taken or TurnOutcome.Known, $"{again}");
                    group.Took(turn);
                    accepted++;
                    break;
                case TurnOutcome.Unavailable:
                    break;
                case var other:
                    Assert.Fail($"{other}");
                    break;
            }
        }

        await end.CancelAsync();
        await killer;
        Assert.True(accepted > 10, $"{accepted} of 150 came through");
        Assert.Equal(accepted, (await _world.Read(thread)).PendingCount);
        Assert.Equal(accepted + 2, (await group.Load()).NextSequence);
        await _world.Conserves();
    }

    [Fact]
    public async Task The_clock_is_the_servers()
    {
        await using var ledger = PostgreSqlLedger.Open(_store.Options);
        await using var connection = new NpgsqlConnection(_store.ConnectionString);
        await connection.OpenAsync();
        await using var ask = new NpgsqlCommand("select clock_timestamp()", connection);
        var before = (DateTime)(await ask.ExecuteScalarAsync())!;
        var now = await ledger.Now(default);
        var after = (DateTime)(await ask.ExecuteScalarAsync())!;
        Assert.InRange(now.UtcDateTime, before.AddMilliseconds(-1), after.AddMilliseconds(1));
    }

    [Fact]
    public async Task Commits_that_may_be_lost_are_refused_unless_they_are_asked_for_by_name()
    {
        string database = await TestServer.CreateDatabase();
        DatabaseSchema.Upgrade(database, DatabaseSchema.Ledger);
        await TestServer.Execute(database, $"alter database {new NpgsqlConnectionStringBuilder(database).Database} set synchronous_commit = off");
        var refused = Assert.Throws<LedgerUnavailableException>(() => PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = database }));
        Assert.Contains("synchronous_commit = off", refused.Message, StringComparison.Ordinal);
        await PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = database, AllowUnsafeCommits = true }).DisposeAsync();
        await TestServer.DropDatabase(database);
    }

    [Fact]
    public async Task Many_processes_bring_a_database_up_to_date_at_once_and_a_newer_or_older_one_is_refused()
    {
        string database = await TestServer.CreateDatabase();
        Assert.Contains("threadgrains-silo migrate", Assert.Throws<LedgerUnavailableException>(() => DatabaseSchema.Require(database, DatabaseSchema.Ledger)).Message, StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => DatabaseSchema.Upgrade(database, DatabaseSchema.Ledger))));
        DatabaseSchema.Require(database, DatabaseSchema.Ledger);
        await TestServer.Execute(database, "insert into schema_version (scriptname, applied) values ('ThreadGrains.Ledger.PostgreSql.Schema.9999_future.sql', now())");
        Assert.Throws<LedgerSchemaNewerException>(() => DatabaseSchema.Upgrade(database, DatabaseSchema.Ledger));
        Assert.Contains("9999_future", Assert.Throws<LedgerSchemaNewerException>(() => DatabaseSchema.Require(database, DatabaseSchema.Ledger)).Message, StringComparison.Ordinal);
        await TestServer.DropDatabase(database);
    }

    [Fact]
    public void Nobody_there_is_said_so_without_the_password()
    {
        var refused = Assert.Throws<LedgerUnavailableException>(() => PostgreSqlLedger.Open(
            new PostgreSqlLedgerOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=u;Password=canary-secret;Database=d" }));
        Assert.DoesNotContain("canary-secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_goes_to_the_partition_of_its_month()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await group.Accept(thread);
        await group.Send(thread);
        _clock.Advance(TimeSpan.FromDays(10));
        Assert.True(await _world.Ledger.MoveToHistory(_clock.GetUtcNow().AddDays(-1), 100, default) > 0);
        await using var connection = new NpgsqlConnection(_store.ConnectionString);
        await connection.OpenAsync();
        await using var months = new NpgsqlCommand("select count(*) from pg_inherits where inhparent = 'history_delivery'::regclass", connection);
        Assert.Equal(4L, await months.ExecuteScalarAsync());            // this month, the next two, and everything else
    }

    /// <summary>Another process in the middle of a transaction that holds a group, until its connection is closed.</summary>
    private async Task<NpgsqlConnection> Hold(string group, string options = "")
    {
        var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_store.ConnectionString) { Options = options, Pooling = false }.ToString());
        await holder.OpenAsync();
        await using var hold = new NpgsqlCommand($"begin; select 1 from issue_group where name = '{group}' for update", holder);
        await hold.ExecuteNonQueryAsync();
        return holder;
    }

    /// <summary>Returns once a session of the ledger waits for a lock.</summary>
    private async Task Waits()
    {
        await using var connection = new NpgsqlConnection(_store.ConnectionString);
        await connection.OpenAsync();
        await using var waiting = new NpgsqlCommand("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", connection);
        for (long begun = TimeProvider.System.GetTimestamp(); (long)(await waiting.ExecuteScalarAsync())! == 0; await Task.Delay(10))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(3), "Nobody waits for the lock.");
        }
    }

    private async Task<TurnOutcome> Until(Func<Task<TurnOutcome>> ask)
    {
        while (true)
        {
            var outcome = await ask();
            if (outcome is not (TurnOutcome.Unavailable or TurnOutcome.Unknown))
            {
                return outcome;
            }
        }
    }

    /// <summary>Ends every session of the ledgers on this database.</summary>
    private Task Terminate() => TestServer.Execute(
        _store.ConnectionString,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'threadgrains ledger'");
}
