using ThreadGrains.Silo.Tests.Processes;

namespace ThreadGrains.Silo.Tests.Backups;

/// <summary>The command check: one line where all is well, the threads where it is not.</summary>
public sealed class CheckingTheLedger : IDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.PathOf("data");

    [Fact]
    public async Task A_ledger_in_use_adds_up_and_is_not_touched()
    {
        await GivenFolder.WithOnePending(Data);
        using var held = DataFolder.Claim(Data);
        await using var inUse = EmbeddedDatabases.Open(Data, TimeProvider.System);
        await using var check = StartedProcess.ThreadGrains(NoSettings, "check", "--data", Data);
        Assert.Equal(0, await check.Exit());
        Assert.Equal("Every thread adds up.", check.Output.Trim());
    }

    [Fact]
    public async Task A_thread_that_does_not_add_up_is_named()
    {
        await GivenFolder.WithOnePending(Data);
        GivenFolder.Execute(Path.Combine(Data, EmbeddedDatabases.LedgerFile), "update thread set made = made + 2");
        await using var check = StartedProcess.ThreadGrains(NoSettings, "check", "--data", Data);
        Assert.Equal(1, await check.Exit());
        Assert.Contains($"thread {GivenFolder.Thread}: made 3, counted 1", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_ledger_is_it_says_so()
    {
        await using var check = StartedProcess.ThreadGrains(NoSettings, "check", "--data", Data);
        Assert.Equal(1, await check.Exit());
        Assert.StartsWith("run: There is no ", check.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    public void Dispose() => _folder.Dispose();
}
