using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sqlite;

// Accepts without end over twenty groups and tells each turn that was taken on a line of its own, "group sequence", after the
// commit. Its parent kills it in the middle.
await using var ledger = SqliteLedger.Open(new SqliteLedgerOptions { Path = args[0] }, TimeProvider.System);
var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
{
    string name = $"{args[1]}-{number}";
    var (group, thread) = (Guid.CreateVersion7(), Guid.CreateVersion7());
    for (long sequence = 1; ; sequence++)
    {
        bool isNew = sequence == 1;
        string id = $"{name}-{sequence}";
        var turn = new Turn(
            new Fence(group, isNew ? 0 : 1, "writer", isNew), new GroupName("acme", name), isNew, number, sequence,
            new GroupState("unresolved", null, "{}"), isNew ? "{}" : null,
            [new TurnKey("activity", id, new byte[32], "{}", TimeProvider.System.GetUtcNow().AddDays(7))],
            [new ActivityRow(sequence, "activity", id, "note", null, null, 1, default, null)],
            isNew ? [new NewThread(thread, "T1", name, "", "", null, 1)] : [],
            [new NewDelivery(Guid.CreateVersion7(), thread, sequence, isNew ? DeliveryKind.Root : DeliveryKind.Reply)], []);
        if (await ledger.CommitTurn(turn, CancellationToken.None) is not TurnOutcome.Taken)
        {
            return;
        }

        await output.WriteLineAsync($"{name} {sequence}");
    }
}));
