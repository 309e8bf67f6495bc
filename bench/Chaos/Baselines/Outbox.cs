using Npgsql;

namespace ThreadGrains.Chaos.Baselines;

/// <summary>A message that waits for its thread: the announcement, or a reply.</summary>
internal sealed record Waiting(long Message, string Text, long Thread, string Channel, string? Ts);

/// <summary>
/// The tables of the baselines, as one would write them for an outbox: what was accepted, the threads, and the messages that
/// wait. All statements are prepared.
/// </summary>
internal sealed class Outbox(NpgsqlDataSource database)
{
    private const string SchemaSql = """
        create table if not exists accepted (id text primary key, sequence bigserial, threads int not null);
        create table if not exists thread (id bigserial primary key, name text not null, channel text not null, ts text, unique (name, channel));
        create table if not exists message (
            id bigserial primary key, thread bigint not null references thread, text text not null, due_at timestamptz not null default now(),
            sent boolean not null default false);
        create index if not exists message_waits on message (thread, id) where not sent;
        """;

    private const string AcceptSql = """
        insert into accepted (id, threads) values ($1, $2) on conflict do nothing returning sequence, threads
        """;

    private const string AcceptedSql = """
        select sequence, threads from accepted where id = $1
        """;

    private const string ThreadSql = """
        insert into thread (name, channel) values ($1, $2) on conflict do nothing
        """;

    private const string CountSql = """
        select count(*)::int from thread where name = $1
        """;

    private const string PutSql = """
        insert into message (thread, text) select id, $2 from thread where name = $1
        """;

    private const string ThreadsSql = """
        select 0::bigint, $2, id, channel, ts from thread where name = $1
        """;

    // The lock lasts as long as the connection: a worker that is killed gives its thread back at once.
    private const string TakeSql = """
        select t.id
          from thread t
          join lateral (select id, due_at from message where thread = t.id and not sent order by id limit 1) m on m.due_at <= now()
         order by m.id
         limit 1
           for update of t skip locked
        """;

    // Read anew once the thread is ours: the statement that took it may have seen a message that another worker sent meanwhile.
    private const string NextSql = """
        select m.id, m.text, t.id, t.channel, t.ts
          from message m join thread t on t.id = m.thread
         where t.id = $1 and not m.sent
         order by m.id
         limit 1
        """;

    private const string SentSql = """
        update message set sent = true where id = $1
        """;

    private const string StandsSql = """
        update thread set ts = $2 where id = $1 and ts is null
        """;

    private const string LaterSql = """
        update message set due_at = now() + make_interval(secs => $2) where id = $1
        """;

    private const string WaitingSql = """
        select count(*) from message where not sent
        """;

    public async Task Prepare()
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var locked = new NpgsqlCommand("select pg_advisory_lock(4711)", connection);
        await locked.ExecuteNonQueryAsync();
        await using var schema = new NpgsqlCommand(SchemaSql, connection);
        await schema.ExecuteNonQueryAsync();
        await using var unlocked = new NpgsqlCommand("select pg_advisory_unlock(4711)", connection);
        await unlocked.ExecuteNonQueryAsync();
    }

    /// <summary>Accepts once; with the messages for its threads where a worker is to send them.</summary>
    /// <returns>Whether it is new, its sequence, how many threads it is for, and those threads.</returns>
    public async Task<(bool IsNew, long Sequence, int Threads, IReadOnlyList<Waiting> Targets)> Accept(
        string id, string group, IReadOnlyList<string>? channels, string text, bool queue)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (string channel in channels ?? [])
        {
            await Run(connection, ThreadSql, group, channel);
        }

        int threads = channels?.Count ?? (int)(await Scalar(connection, CountSql, group))!;
        var (isNew, sequence) = await Sequence(connection, AcceptSql, id, threads) is { } taken ? (true, taken.Sequence) : (false, 0L);
        if (!isNew)
        {
            var first = await Sequence(connection, AcceptedSql, id) ?? throw new InvalidOperationException($"{id} is neither new nor known.");
            await transaction.RollbackAsync();
            return (false, first.Sequence, first.Threads, []);
        }

        IReadOnlyList<Waiting> targets = [];
        if (queue)
        {
            await Run(connection, PutSql, group, text);
        }
        else
        {
            targets = await Read(connection, ThreadsSql, group, text);
        }

        await transaction.CommitAsync();
        return (true, sequence, threads, targets);
    }

    /// <summary>Takes the oldest message that is due, of a thread that nobody holds, and sends it in the same transaction.</summary>
    /// <param name="send">The <c>ts</c> of the message, or after how many seconds to try again.</param>
    /// <returns>False: there was none.</returns>
    public async Task<bool> SendOne(Func<Waiting, Task<(string? Ts, double RetrySeconds)>> send)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await Scalar(connection, TakeSql) is not long thread)
        {
            return false;
        }

        if (await Read(connection, NextSql, thread) is not [var next])
        {
            return true;
        }

        var (ts, retry) = await send(next);
        if (ts is null)
        {
            await Run(connection, LaterSql, next.Message, retry);
        }
        else
        {
            await Run(connection, SentSql, next.Message);
            if (next.Ts is null)
            {
                await Run(connection, StandsSql, next.Thread, ts);
            }
        }

        await transaction.CommitAsync();
        return true;
    }

    public async Task Stands(long thread, string ts)
    {
        await using var connection = await database.OpenConnectionAsync();
        await Run(connection, StandsSql, thread, ts);
    }

    public async Task<long> Count()
    {
        await using var connection = await database.OpenConnectionAsync();
        return (long)(await Scalar(connection, WaitingSql))!;
    }

    private static async Task<NpgsqlCommand> Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.PrepareAsync();
        return command;
    }

    private static async Task Run(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = await Command(connection, sql, values);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> Scalar(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = await Command(connection, sql, values);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<(long Sequence, int Threads)?> Sequence(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = await Command(connection, sql, values);
        await using var rows = await command.ExecuteReaderAsync();
        return await rows.ReadAsync() ? (rows.GetInt64(0), rows.GetInt32(1)) : null;
    }

    private static async Task<IReadOnlyList<Waiting>> Read(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = await Command(connection, sql, values);
        await using var rows = await command.ExecuteReaderAsync();
        var waiting = new List<Waiting>();
        while (await rows.ReadAsync())
        {
            waiting.Add(new Waiting(rows.GetInt64(0), rows.GetString(1), rows.GetInt64(2), rows.GetString(3), await rows.IsDBNullAsync(4) ? null : rows.GetString(4)));
        }

        return waiting;
    }
}
