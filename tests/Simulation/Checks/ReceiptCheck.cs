using ThreadGrains.Groups;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.Checks;

/// <summary>What a sender was told must be so, and stay so: P1 a receipt implies rows; P2 one id, one receipt, one set of deliveries.</summary>
internal sealed class ReceiptCheck(RowCheck rows)
{
    private readonly Dictionary<string, AcceptReceipt> _first = [];

    /// <summary>Whether a sender can rest.</summary>
    public static bool IsFinal(AcceptReceipt receipt) =>
        receipt.Outcome is AcceptOutcome.Accepted or AcceptOutcome.Duplicate or AcceptOutcome.Ignored or AcceptOutcome.Conflict or AcceptOutcome.Refused;

    /// <param name="receipt">What was told.</param>
    /// <param name="otherContent">The id had been accepted before with other content; null: it may have been.</param>
    public void Told(AcceptReceipt receipt, bool? otherContent)
    {
        if (!IsFinal(receipt))
        {
            return;
        }

        bool conflict = receipt.Outcome == AcceptOutcome.Conflict;
        if ((otherContent ?? conflict) != conflict)
        {
            throw new BrokenPromise("P2", $"{receipt.Id} came {(otherContent == true ? "with other content" : "again with the same content")}, and the answer was {receipt.Outcome}.");
        }

        if (receipt.Sequence is not { } sequence || conflict)
        {
            return;
        }

        var made = rows.AcceptedAs(receipt.Id).ToList();
        if (made.Count != (receipt.Threads ?? 0) || made.Any(row => row.Sequence != sequence))
        {
            throw new BrokenPromise("P1", $"{receipt.Id} was accepted as {sequence} for {receipt.Threads} threads; the rows: {string.Join("; ", made)}.");
        }

        var first = _first.TryGetValue(receipt.Id, out var known) ? known : _first[receipt.Id] = receipt;
        if ((first.Sequence, first.Threads, first.Reason) != (receipt.Sequence, receipt.Threads, receipt.Reason))
        {
            throw new BrokenPromise("P2", $"Two receipts for {receipt.Id}: {first} and {receipt}.");
        }
    }
}
