namespace ThreadGrains.Grains;

/// <summary>Ids that were seen within a span of time: the oldest are forgotten first, and never more are kept than fit.</summary>
internal sealed class RecentIds(TimeSpan life, int capacity)
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset Until)> _order = new();

    /// <summary>Whether the id was seen within the span.</summary>
    public bool Contains(string id, DateTimeOffset now)
    {
        Forget(now);
        return _ids.Contains(id);
    }

    /// <summary>Remembers an id. False: it was there.</summary>
    public bool Add(string id, DateTimeOffset now)
    {
        Forget(now);
        if (!_ids.Add(id))
        {
            return false;
        }

        _order.Enqueue((id, now + life));
        return true;
    }

    private void Forget(DateTimeOffset now)
    {
        while (_order.TryPeek(out var oldest) && (oldest.Until <= now || _order.Count > capacity))
        {
            _ids.Remove(_order.Dequeue().Id);
        }
    }
}
