namespace ThreadGrains.Ledger.Sql;

/// <summary>Counts the deliveries that a batch ends. What an item did counts only if the item stands.</summary>
internal sealed class EndedDeliveries
{
    private (long Sent, long Dead, long Cancelled) _item;
    private (long Sent, long Dead, long Cancelled) _batch;

    public void Add(long sent, long dead, long cancelled) =>
        _item = (_item.Sent + Math.Max(0, sent), _item.Dead + Math.Max(0, dead), _item.Cancelled + Math.Max(0, cancelled));

    public void EndItem(bool keep)
    {
        if (keep)
        {
            _batch = (_batch.Sent + _item.Sent, _batch.Dead + _item.Dead, _batch.Cancelled + _item.Cancelled);
        }

        _item = default;
    }

    public void BeginBatch() => (_item, _batch) = (default, default);

    public CommitReport Report(int writes, TimeSpan duration) => new(writes, duration, _batch.Sent, _batch.Dead, _batch.Cancelled);
}
