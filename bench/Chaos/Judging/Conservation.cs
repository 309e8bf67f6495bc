namespace ThreadGrains.Chaos.Judging;

/// <summary>A delivery as the product's own interface tells of it.</summary>
internal sealed record DeliveryRow(string Activity, string Channel, string State, string? SlackTs);

/// <summary>
/// Compares what the product says of itself with promises and facts. It is a third column and never the judge: what it says is
/// wrong in its books, not in Slack.
/// </summary>
internal static class Conservation
{
    /// <param name="promises">By the id under which each was sent.</param>
    /// <param name="rows">The product's deliveries of all groups.</param>
    /// <param name="messages">What the emulator stored.</param>
    /// <returns>One sentence for each disagreement.</returns>
    public static IReadOnlyList<string> Disagreements(
        IReadOnlyDictionary<string, Promise> promises, IReadOnlyList<DeliveryRow> rows, IReadOnlyList<StoredMessage> messages)
    {
        var wrong = new List<string>();
        var standing = messages.Where(message => !message.Deleted).ToDictionary(message => (message.Channel, message.Ts));
        var booked = rows.GroupBy(row => (row.Activity, row.Channel)).ToDictionary(row => row.Key, row => row.ToList());
        foreach (var (id, promise) in promises.Where(pair => pair.Value.AcceptedAt is not null))
        {
            foreach (string channel in promise.Channels)
            {
                int count = booked.GetValueOrDefault((id, channel))?.Count ?? 0;
                if (count != 1)
                {
                    wrong.Add($"{id} was accepted and has {count} deliveries in {channel}");
                }
            }
        }

        foreach (var row in rows)
        {
            if (!promises.TryGetValue(row.Activity, out var promise))
            {
                wrong.Add($"{row.Activity} has a delivery and was never sent");
            }
            else if (row.State != "sent")
            {
                wrong.Add($"{row.Activity} is {row.State} in {row.Channel}");
            }
            else if (row.SlackTs is null || !standing.TryGetValue((row.Channel, row.SlackTs), out var message) || !Word.In(message.Text).Contains(promise.Word))
            {
                wrong.Add($"{row.Activity} is said to be sent as {row.SlackTs} in {row.Channel}, and does not stand there");
            }
        }

        return wrong;
    }
}
