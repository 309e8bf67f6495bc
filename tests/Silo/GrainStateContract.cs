using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Silo.GrainStorage;

namespace ThreadGrains.Silo.Tests;

/// <summary>What grain state promises on every database.</summary>
public abstract partial class GrainStateContract
{
    /// <summary>Reads the one stored document as text.</summary>
    protected abstract string PayloadSql { get; }

    /// <summary>The rows of installations, in the same database.</summary>
    private protected abstract StoredInstallations Installations { get; }

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
    public async Task Installations_are_listed_from_their_rows_a_page_at_a_time_and_no_others()
    {
        await using var silo = await StartSilo();
        string[] teams = [.. Enumerable.Range(0, 40).Select(i => $"T0ROW{i:00}")];
        foreach (string team in teams)
        {
            await Write(team);
        }

        var gone = await Write("T0GONE");
        await silo.Storage.ClearStateAsync(InstallationState.Name, GrainId.Create("slack-workspace", "T0GONE"), gone);
        await silo.Write("T0NOTE", new GrainState<Note>(new Note { Text = "no installation" }));

        var seen = new List<string>();
        IReadOnlyList<string> page;
        do
        {
            page = await Installations.After(seen.LastOrDefault(), 16, CancellationToken.None);
            seen.AddRange(page);
        }
        while (page.Count == 16);
        Assert.Equal(teams, seen);

        async Task<GrainState<InstallationState>> Write(string team)
        {
            var state = new GrainState<InstallationState>(new InstallationState { Organization = "acme", Token = new SealedToken("one", [1], [2], [3]), By = "api key 1" });
            await silo.Storage.WriteStateAsync(InstallationState.Name, GrainId.Create("slack-workspace", team), state);
            var read = new GrainState<InstallationState>();
            await silo.Storage.ReadStateAsync(InstallationState.Name, GrainId.Create("slack-workspace", team), read);
            Assert.Equal(("acme", "one", 2), (read.State!.Organization, read.State.Token!.Key, Assert.Single(read.State.Token.Ciphertext)));
            return state;
        }
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
        await using var silo = await StartSilo(new SiloUnderTest(deleteOnClear));
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
        await using var silo = await StartSilo(new SiloUnderTest(deleteOnClear));
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
        int states = States;
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

    /// <summary>How many states are begun by two writers.</summary>
    protected virtual int States => 5_000;

    /// <summary>How many states are written at once.</summary>
    protected virtual int Lanes => 8;

    /// <summary>Whether nothing was written and the same can be tried again.</summary>
    protected virtual bool IsRefusedForNow(Exception refusal) => false;

    private protected abstract Task<RunningSilo> StartSilo(SiloUnderTest? settings = null);

    protected abstract Task<string> Scalar(string sql);
}
