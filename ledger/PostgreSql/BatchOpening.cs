using Npgsql;
using NpgsqlTypes;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>
/// The first exchange of a transaction that writes: it takes the groups of its items, then reads the clock, and looks which
/// ids of the turns are in use.
/// </summary>
internal sealed class BatchOpening : IDisposable
{
    // All ways from a row to its group. The order by makes the locks fall in one order everywhere.
    private const string LockSql = """
        select g.id, g.owner, g.epoch, g.next_sequence from issue_group g
         where g.id in (select unnest($1)
                        union select t.group_id from post p join thread t on t.id = p.thread_id where p.id = any($2)
                        union select t.group_id from thread t where t.edit_token = any($3)
                        union select t.group_id from cleanup c join thread t on t.id = c.thread_id where c.id = any($4)
                        union select c.group_id from callback c where c.id = any($5))
         order by g.id
           for update of g
        """;

    // A look, no more: it spares an attempt. Whether an id is taken is decided by the key, when it is written.
    private const string KnownSql = """
        select k.organization, k.kind, k.id, k.expires_at
          from unnest($1, $2, $3) as n(organization, kind, id)
               join activity_key k on k.organization = n.organization and k.kind = n.kind and k.id = n.id
        """;

    private static readonly TouchedRow[] Rows = [TouchedRow.Group, TouchedRow.Post, TouchedRow.Edit, TouchedRow.Cleanup, TouchedRow.Callback];

    private readonly NpgsqlBatch _batch;
    private readonly Dictionary<Guid, LockedGroup> _locked = [];
    private readonly Dictionary<(string Organization, string Kind, string Id), long> _known = [];

    public BatchOpening(NpgsqlConnection connection)
    {
        _batch = new NpgsqlBatch(connection);
        _batch.BatchCommands.Add(Command(LockSql, NpgsqlDbType.Uuid, Rows.Length));
        _batch.BatchCommands.Add(new NpgsqlBatchCommand(PostgreSqlConnection.ClockSql));
        _batch.BatchCommands.Add(Command(KnownSql, NpgsqlDbType.Text, 3));
        _batch.Prepare();
    }

    /// <summary>What the groups that the transaction holds looked like when it took them.</summary>
    public IReadOnlyDictionary<Guid, LockedGroup> Locked => _locked;

    /// <summary>The server's clock once the transaction had its locks.</summary>
    public long Now { get; private set; }

    /// <summary>Whether an id was in use when the transaction began.</summary>
    public bool IsKnown(string organization, TurnKey key, long now) => _known.TryGetValue((organization, key.Kind, key.Id), out long expires) && expires > now;

    public void Run(IReadOnlyList<WriteItem> items)
    {
        for (int i = 0; i < Rows.Length; i++)
        {
            var row = Rows[i];
            _batch.BatchCommands[0].Parameters[i].Value = items.Where(item => item.Touches.Row == row).Select(item => item.Touches.Id).ToArray();
        }

        var keys = items.Where(item => item.Turn is not null).SelectMany(item => item.Turn!.Keys.Select(key => (item.Turn.Name.Organization, key.Kind, key.Id)))
            .Where(key => PostgreSqlStatement.IsStorable(key.Organization) && PostgreSqlStatement.IsStorable(key.Kind) && PostgreSqlStatement.IsStorable(key.Id)).ToList();
        _batch.BatchCommands[2].Parameters[0].Value = keys.Select(key => key.Organization).ToArray();
        _batch.BatchCommands[2].Parameters[1].Value = keys.Select(key => key.Kind).ToArray();
        _batch.BatchCommands[2].Parameters[2].Value = keys.Select(key => key.Id).ToArray();

        _locked.Clear();
        _known.Clear();
        using var reader = _batch.ExecuteReader();
        while (reader.Read())
        {
            _locked.Add(reader.GetGuid(0), new LockedGroup(reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        reader.NextResult();
        reader.Read();
        Now = reader.GetInt64(0);
        reader.NextResult();
        while (reader.Read())
        {
            _known[(reader.GetString(0), reader.GetString(1), reader.GetString(2))] = reader.GetInt64(3);
        }
    }

    public void Dispose() => _batch.Dispose();

    private static NpgsqlBatchCommand Command(string sql, NpgsqlDbType element, int parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        for (int i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new NpgsqlParameter
            {
                NpgsqlDbType = NpgsqlDbType.Array | element,
                Value = element == NpgsqlDbType.Uuid ? Array.Empty<Guid>() : Array.Empty<string>(),
            });
        }

        return command;
    }
}

/// <summary>A group as a transaction found it when it took it.</summary>
internal readonly record struct LockedGroup(string? Owner, long Epoch, long NextSequence);
