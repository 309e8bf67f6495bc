using Npgsql;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>The writer of this process. Other silos have theirs; group rows keep them apart.</summary>
internal sealed class PostgreSqlGroupCommit : GroupCommit
{
    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlLedgerOptions _options;
    private readonly TimeProvider? _clock;

    public PostgreSqlGroupCommit(NpgsqlDataSource source, PostgreSqlLedgerOptions options, TimeProvider? clock)
        : base(options.MaxBatch, options.QueueCapacity, TimeProvider.System)
    {
        (_source, _options, _clock) = (source, options, clock);
        Start();
    }

    protected override WriteSession OpenSession() => new(PostgreSqlConnection.Open(_source, _clock), _options.Times);

    // A batch that is tried again goes one by one: whatever undid it is met again by one item alone.
    protected override IReadOnlyList<WriteItem> ApplyTogether(WriteSession session, IReadOnlyList<WriteItem> items, bool first) =>
        first && items.Any(item => item.Turn is not null) ? ((PostgreSqlConnection)session.Connection).Turns.Apply(items, items.Count) : items;
}
