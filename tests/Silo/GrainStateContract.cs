using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;

namespace ThreadGrains.Silo.Tests;

/// <summary>What grain state promises on every database.</summary>
public abstract class GrainStateContract
{
    /// <summary>Reads the one stored document as text.</summary>
    protected abstract string PayloadSql { get; }

    [Fact]
    public async Task A_grain_finds_its_state_again_after_the_silo_was_stopped_and_started()
    {
        await using (var before = await StartSilo())
        {
            await before.Grains.GetGrain<INotebookGrain>("acme/billing-42").Write("paid");
        }

        await using var after = await StartSilo();
        Assert.Equal("paid", await after.Grains.GetGrain<INotebookGrain>("acme/billing-42").Read());
        Assert.Equal("", await after.Grains.GetGrain<INotebookGrain>("acme/billing-43").Read());
    }

    [Theory]
    [InlineData("T0123456789")]
    [InlineData("T01/C02")]
    [InlineData("acme/o'brien \"; drop table grain_state; --")]
    [InlineData("größe/絵文字🎉")]
    public async Task Keys_are_taken_as_they_are(string key)
    {
        await using var silo = await StartSilo();
        var written = new GrainState<Note>(new Note { Text = key, Tags = ["one", "zwei"] });
        await silo.Write(key, written);
        await silo.Write(key + "x", new GrainState<Note>(new Note { Text = "another" }));

        var read = await silo.Read(key);

        Assert.True(read.RecordExists);
        Assert.Equal(key, read.State!.Text);
        Assert.Equal(["one", "zwei"], read.State!.Tags);
        Assert.Equal(written.ETag, read.ETag);
    }

    [Fact]
    public async Task A_state_is_a_plain_document_without_type_names()
    {
        await using var silo = await StartSilo();
        await silo.Write("a", new GrainState<Note>(new Note { Text = "hello" }));

        Assert.Equal("""{"Text":"hello","Tags":[]}""", await Scalar(PayloadSql));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cleared_state_is_gone_and_can_be_written_again(bool deleteOnClear)
    {
        await using var silo = await StartSilo(deleteOnClear);
        var state = new GrainState<Note>(new Note { Text = "first" });
        await silo.Write("a", state);

        await silo.Clear("a", state);
        var cleared = await silo.Read("a");
        Assert.False(cleared.RecordExists);
        Assert.Equal(deleteOnClear ? "0" : "1", await Scalar("select count(*) from grain_state"));

        cleared.State = new Note { Text = "second" };
        await silo.Write("a", cleared);
        Assert.Equal("second", (await silo.Read("a")).State!.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_read_an_older_version_can_neither_write_nor_clear(bool deleteOnClear)
    {
        await using var silo = await StartSilo(deleteOnClear);
        await silo.Write("a", new GrainState<Note>(new Note { Text = "first" }));
        var stale = await silo.Read("a");
        var current = await silo.Read("a");
        current.State!.Text = "second";
        await silo.Write("a", current);

        stale.State!.Text = "from the past";
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Write("a", stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Clear("a", stale));
        Assert.Equal("second", (await silo.Read("a")).State!.Text);

        await silo.Clear("a", current);
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Write("a", stale));
    }

    [Fact]
    public async Task Of_two_simultaneous_first_writes_exactly_one_wins_and_the_other_is_told_and_goes_on()
    {
        const int states = 5_000;
        await using var one = await StartSilo();
        await using var other = await StartSilo();

        var results = new ConcurrentBag<(int State, string Writer, Exception? Refusal)>();
        async Task Write(RunningSilo silo, int state, string writer)
        {
            var first = new GrainState<Note>(new Note { Text = writer });
            Exception? refusal;
            do
            {
                refusal = await Record.ExceptionAsync(() => silo.Write($"state-{state}", first));
            }
            while (refusal is not null && IsRefusedForNow(refusal));
            results.Add((state, writer, refusal));
        }

        // Both writers of a state begin it together, several states at once.
        await Parallel.ForAsync(0, states, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (state, _) =>
            await Task.WhenAll(Task.Run(() => Write(one, state, "one"), CancellationToken.None), Task.Run(() => Write(other, state, "other"), CancellationToken.None)));

        Assert.Equal(2 * states, results.Count);
        Assert.All(results, result => Assert.True(result.Refusal is null or InconsistentStateException, result.Refusal?.ToString()));
        var winners = results.Where(result => result.Refusal is null).ToDictionary(result => result.State, result => result.Writer);
        Assert.Equal(states, winners.Count);
        Assert.Equal(states.ToString(CultureInfo.InvariantCulture), await Scalar("select count(*) from grain_state"));
        Assert.Equal("0", await Scalar("select count(*) from (select 1 from grain_state group by service_id, state_name, key_text, key_0, key_1 having count(*) > 1) as doubled"));

        // None is bricked: each loser reads, sees the winner's state, and can write it.
        await Parallel.ForEachAsync(results.Where(result => result.Refusal is not null), new ParallelOptions { MaxDegreeOfParallelism = Lanes }, async (lost, _) =>
        {
            var silo = lost.Writer == "one" ? one : other;
            var state = await silo.Read($"state-{lost.State}");
            Assert.Equal(winners[lost.State], state.State!.Text);
            state.State.Text = "after";
            await silo.Write($"state-{lost.State}", state);
        });
        Assert.Equal("0", await Scalar("select count(*) from grain_state where version <> 2"));
    }

    /// <summary>How many states are written at once.</summary>
    protected virtual int Lanes => 8;

    /// <summary>Whether nothing was written and the same can be tried again.</summary>
    protected virtual bool IsRefusedForNow(Exception refusal) => false;

    private protected abstract Task<RunningSilo> StartSilo(bool deleteOnClear = false);

    protected abstract Task<string> Scalar(string sql);
}
