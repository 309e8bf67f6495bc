using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Sending;

/// <summary>A line of the sender's log: what was sent, or what was answered.</summary>
/// <param name="At">When it was sent, or when the answer was there.</param>
/// <param name="Id">The sender's id of the alert or activity.</param>
/// <param name="Group">Its group.</param>
/// <param name="Word">What stands in Slack for it.</param>
/// <param name="Attempt">0 for the first.</param>
/// <param name="Gateway">Where it was sent to.</param>
/// <param name="IsAlert">An alert, else an activity.</param>
/// <param name="Channels">Where it must come to stand.</param>
/// <param name="Answer">Null: this line tells that it is being sent.</param>
internal sealed record Receipt(DateTimeOffset At, string Id, string Group, string Word, int Attempt, int Gateway, bool IsAlert, IReadOnlyList<string> Channels, Answer? Answer)
{
    /// <summary>The id was used for something else: that must be refused as a conflict.</summary>
    public bool Altered { get; init; }
}

/// <summary>What came back.</summary>
/// <param name="Status">HTTP's status; null: nothing came back.</param>
/// <param name="Outcome">accepted, duplicate or ignored.</param>
/// <param name="Sequence">Its place in the group's history.</param>
/// <param name="Threads">How many deliveries were made.</param>
/// <param name="Trouble">Why nothing came back, or what a refusal said.</param>
/// <param name="RetryAfterSeconds">When to come back.</param>
internal sealed record Answer(int? Status, string? Outcome, long? Sequence, int? Threads, string? Trouble, double? RetryAfterSeconds)
{
    public bool IsAccepted => Status == 202 && Outcome is "accepted" or "duplicate";

    /// <summary>Whether sending it again can change nothing.</summary>
    public bool IsFinal => Status is 202 or (>= 400 and < 500 and not 429 and not 408);
}

/// <summary>What the receipts come to.</summary>
/// <param name="ById">What was promised about each id.</param>
/// <param name="Contradictions">Receipts that cannot all be true.</param>
internal sealed record Promises(IReadOnlyDictionary<string, Promise> ById, IReadOnlyList<string> Contradictions)
{
    /// <summary>Reads what was promised from the log's lines, in their order.</summary>
    public static Promises From(IEnumerable<Receipt> receipts)
    {
        var byId = new Dictionary<string, Promise>();
        var first = new Dictionary<string, Answer>();
        var lastOfGroup = new Dictionary<string, (string Id, long Sequence)>();
        var wrong = new List<string>();
        foreach (var receipt in receipts)
        {
            byId.TryAdd(receipt.Id, new Promise(receipt.Word, receipt.Group, byId.Count, receipt.IsAlert, receipt.Channels, null) { SentAt = receipt.At });
            if (receipt.Answer is not { } answer)
            {
                continue;
            }

            if (receipt.Altered)
            {
                if (answer.IsFinal && answer.Status != 409)
                {
                    wrong.Add($"{receipt.Id} was used for something else and answered {answer.Status} {answer.Outcome}");
                }
            }
            else if (answer.IsFinal && !answer.IsAccepted)
            {
                wrong.Add($"{receipt.Id} was answered {answer.Status} {answer.Outcome} {answer.Trouble}");
            }
            else if (answer.IsAccepted && first.TryGetValue(receipt.Id, out var former))
            {
                // Of copies that were sent side by side, any may be the one that counts.
                if (former.Sequence != answer.Sequence || former.Threads != answer.Threads || (former.Outcome == "accepted" && answer.Outcome != "duplicate"))
                {
                    wrong.Add($"{receipt.Id} was accepted as {former} and again as {answer}");
                }

                first[receipt.Id] = answer.Outcome == "accepted" ? answer : former;
            }
            else if (answer.IsAccepted)
            {
                first[receipt.Id] = answer;
                byId[receipt.Id] = byId[receipt.Id] with { AcceptedAt = receipt.At };
                if (answer.Threads != receipt.Channels.Count)
                {
                    wrong.Add($"{receipt.Id} is for {receipt.Channels.Count} threads and was accepted for {answer.Threads}");
                }

                if (lastOfGroup.TryGetValue(receipt.Group, out var last) && answer.Sequence <= last.Sequence)
                {
                    wrong.Add($"{receipt.Id} was sent after {last.Id} was accepted and has sequence {answer.Sequence}, not more than {last.Sequence}");
                }

                lastOfGroup[receipt.Group] = (receipt.Id, answer.Sequence ?? 0);
            }
        }

        return new Promises(byId, wrong);
    }
}
