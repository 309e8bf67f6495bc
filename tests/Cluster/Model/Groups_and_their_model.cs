using CsCheck;

namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>
/// Whatever is asked of groups, in whatever order and at once, they answer, remember and post what the model says. A failure
/// prints the shrunk story, what was answered in it, and the seed that plays it again (<c>CsCheck_Seed</c>); <c>CsCheck_Iter</c>
/// plays more stories than fifty on the two databases together.
/// </summary>
public abstract class Groups_and_their_model : IAsyncLifetime
{
    /// <summary>Stories that are played side by side: most of a story is waiting for commits and for Slack.</summary>
    private const int SideBySide = 8;

    private GroupCluster _cluster = null!;
    private ModelSlack _slack = null!;
    private int _stories;

    public async Task InitializeAsync()
    {
        _cluster = await GroupCluster.Start(await CreateLedgers(), new Dictionary<string, string?>
        {
            // What was lost is looked for at once. Its sender's end is known: nothing else is shortened.
            ["ThreadGrains:Delivery:KnownEndFirstRead"] = "00:00:00.1",
            ["ThreadGrains:Delivery:KnownEndReadGap"] = "00:00:00.1",
            ["ThreadGrains:Delivery:UnreadableRetry"] = "00:00:00.2",
        });
        _slack = new ModelSlack(_cluster);
    }

    private protected abstract Task<LedgerUnderTest> CreateLedgers();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Groups_do_what_their_model_does()
    {
        await ModelSteps.Stories.SampleAsync(Play, iter: Math.Max(1, Check.Iter / 4), threads: SideBySide, print: ModelSteps.Print);
        Assert.Empty(await _cluster.Ledger.CheckConservation(default));
    }

    private async Task Play(Step[] steps)
    {
        var story = new ModelStory(_cluster, _slack, Interlocked.Increment(ref _stories), await _slack.Channels());
        try
        {
            await story.Play(steps);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{error.Message}\nThe story so far:\n{story.Log}", error);
        }
    }
}

/// <summary>On the embedded database.</summary>
public sealed class Groups_and_their_model_on_SQLite : Groups_and_their_model
{
    private protected override Task<LedgerUnderTest> CreateLedgers() => Task.FromResult<LedgerUnderTest>(new LedgerOnSqlite());
}

/// <summary>On a server.</summary>
public sealed class Groups_and_their_model_on_PostgreSQL : Groups_and_their_model
{
    private protected override Task<LedgerUnderTest> CreateLedgers() => LedgerOnPostgreSql.Create();
}
