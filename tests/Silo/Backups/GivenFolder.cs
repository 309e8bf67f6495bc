using Microsoft.Data.Sqlite;
using ThreadGrains.Ledger;

namespace ThreadGrains.Silo.Tests.Backups;

/// <summary>A data folder with a ledger in which one announcement waits to be posted.</summary>
internal static class GivenFolder
{
    public static readonly Guid Thread = Guid.CreateVersion7();

    public static async Task<string> WithOnePending(string folder)
    {
        Directory.CreateDirectory(folder);
        await using var ledger = EmbeddedDatabases.Open(folder, TimeProvider.System);
        var fence = new Fence(Guid.CreateVersion7(), 0, "silo-1", true);
        var turn = new Turn(
            fence, new GroupName("acme", "g1"), true, 7, 1, new GroupState("unresolved", null, "{}"), """{"title":"It broke"}""",
            [new TurnKey("alert", "a1", new byte[32], "{}", DateTimeOffset.UtcNow.AddDays(7))],
            [new ActivityRow(1, "alert", "a1", "alert", null, null, 1, default, null)],
            [new NewThread(Thread, "T1", "C1", "", "", null, 1)],
            [new NewDelivery(Guid.CreateVersion7(), Thread, 1, DeliveryKind.Root)], []);
        Assert.IsType<TurnOutcome.Taken>(await ledger.CommitTurn(turn, default));
        SqliteConnection.ClearAllPools();
        return folder;
    }

    /// <summary>The announcement as the ledger of a folder has it.</summary>
    public static async Task<DeliveryRow> Pending(string folder)
    {
        await using var ledger = EmbeddedDatabases.Open(folder, TimeProvider.System);
        var work = Assert.IsType<ThreadWork>(await ledger.ReadThread(Thread, 10, default));
        Assert.Empty(await ledger.CheckConservation(default));
        SqliteConnection.ClearAllPools();
        return Assert.Single(work.Pending);
    }

    public static void Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
