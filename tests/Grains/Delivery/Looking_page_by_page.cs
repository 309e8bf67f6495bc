using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>Looks that need more pages than the budget of reads has at a time (design 5.4).</summary>
public class Looking_page_by_page
{
    private static readonly PostRow Doubtful = Given.Doubtful with { DoubtSince = Given.Now.AddMinutes(-3) };

    private readonly OneThread _slack = new([[], [], [What_a_look_finds.Message("1700000300.000100", Given.Id(5), null)], []]);
    private readonly ReadLanes _lanes = new(0);
    private readonly ThreadReader _reader;

    public Looking_page_by_page() => _reader = new ThreadReader(_slack, _lanes, TimeSpan.FromMinutes(2), new FakeTimeProvider(Given.Now));

    private Task<ReadEvidence> Look(int reads, PostRow? post = null)
    {
        _lanes.Left = reads;
        return _reader.Look(Given.Thread, post ?? Doubtful, default);
    }

    [Fact]
    public async Task Without_budget_a_look_says_when_to_come_again() =>
        Assert.Equal(new ReadEvidence.Unreadable(ThreadReader.NoBudget, ReadLanes.Wait), await Look(0));

    [Fact]
    public async Task A_look_goes_on_where_the_budget_ended_and_is_complete_after_the_last_page()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.IsType<ReadEvidence.Unreadable>(await Look(1));
        }

        Assert.Equal(new ReadEvidence.Absent(false), await Look(1));
        Assert.Equal([0, 1, 2, 3], _slack.Read);
    }

    [Fact]
    public async Task A_limit_in_the_middle_of_a_look_throws_no_page_away()
    {
        foreach (int _ in Enumerable.Range(0, 3))
        {
            _slack.Instead.Enqueue(null);
            _slack.Instead.Enqueue(new CallOutcome<MessagePage>.Limited(TimeSpan.FromMinutes(1), "ratelimited"));
        }

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(new ReadEvidence.Unreadable("ratelimited", TimeSpan.FromMinutes(1)), await Look(2));
        }

        Assert.Equal(new ReadEvidence.Absent(false), await Look(1));
        Assert.Equal([0, 1, 2, 3], _slack.Read);
        Assert.Equal(3, _lanes.Limits.Count);
    }

    [Fact]
    public async Task After_a_refusal_a_look_begins_anew()
    {
        _slack.Instead.Enqueue(null);
        _slack.Instead.Enqueue(new CallOutcome<MessagePage>.Refused(RefusalScope.Message, "invalid_cursor"));
        Assert.Equal(new ReadEvidence.Unreadable("invalid_cursor", null), await Look(2));
        Assert.Equal(new ReadEvidence.Absent(false), await Look(4));
        Assert.Equal([0, 0, 1, 2, 3], _slack.Read);
    }

    [Fact]
    public async Task A_limit_in_the_middle_of_a_verification_throws_no_page_away_either()
    {
        _slack.Instead.Enqueue(null);
        _slack.Instead.Enqueue(new CallOutcome<MessagePage>.Limited(null, "ratelimited"));
        _lanes.Left = 5;
        Assert.Null((await _reader.LookForCopies(Given.Thread, Given.Post, Given.Post.ClaimedAt, default)).Copies);
        Assert.NotNull((await _reader.LookForCopies(Given.Thread, Given.Post, Given.Post.ClaimedAt, default)).Copies);
        Assert.Equal([0, 1, 2, 3], _slack.Read);
    }

    /// <summary>Whatever keeps Slack from giving a page, and wherever the budget ends: each page is read once, and the look ends as if nothing had happened.</summary>
    [Fact]
    public void A_look_that_is_interrupted_ends_as_one_that_is_not() =>
        Gen.Select(Gen.Int[0, 4].Array[0, 12], Gen.Int[1, 3], Gen.Bool).Sample((troubles, budget, stands) =>
        {
            CallOutcome<MessagePage>?[] kinds =
            [
                null, new CallOutcome<MessagePage>.Limited(TimeSpan.Zero, "ratelimited"), new CallOutcome<MessagePage>.Unknown("timeout"),
                new CallOutcome<MessagePage>.RetryLater("connect", false), new CallOutcome<MessagePage>.NotSlack("404"),
            ];
            var post = stands ? Doubtful with { Id = Given.Id(5) } : Doubtful;
            var slack = new OneThread([[], [], [What_a_look_finds.Message("1700000300.000100", Given.Id(5), null)], []]);
            foreach (int trouble in troubles)
            {
                slack.Instead.Enqueue(kinds[trouble]);
            }

            var lanes = new ReadLanes(0);
            var reader = new ThreadReader(slack, lanes, TimeSpan.FromMinutes(2), new FakeTimeProvider(Given.Now));
            ReadEvidence evidence;
            int looks = 0;
            do
            {
                lanes.Left = budget;
                evidence = reader.Look(Given.Thread, post, default).GetAwaiter().GetResult();
            }
            while (evidence is ReadEvidence.Unreadable && looks++ < 30);

            Assert.Equal([0, 1, 2, 3], slack.Read);
            Assert.Equal(stands, evidence is ReadEvidence.Found);
        }, iter: 300);

    [Fact]
    public async Task What_was_found_on_an_early_page_is_not_forgotten()
    {
        var post = Doubtful with { Id = Given.Id(5) };
        Assert.IsType<ReadEvidence.Unreadable>(await Look(3, post));
        Assert.Equal("1700000300.000100", Assert.IsType<ReadEvidence.Found>(await Look(1, post)).Ts);
    }

    [Fact]
    public async Task The_second_look_and_another_post_begin_anew()
    {
        await Look(2);
        await Look(1, Doubtful with { AbsentReads = 1 });
        Assert.Equal([0, 1, 0], _slack.Read);
        await Look(1, Doubtful with { Id = Given.Id(8), AbsentReads = 1 });
        Assert.Equal([0, 1, 0, 0], _slack.Read);
        await Look(4);
        await Look(4);
        Assert.Equal([0, 1, 0, 0, 0, 1, 2, 3, 0, 1, 2, 3], _slack.Read);
    }

    [Fact]
    public async Task A_look_between_takes_what_is_left_and_leaves_the_one_that_counts_alone()
    {
        await Look(2);
        _lanes.Left = 1;
        Assert.IsType<ReadEvidence.Unreadable>(await _reader.LookAtOnce(Given.Thread, Doubtful, default));
        await Look(1);
        Assert.Equal([0, 1, 0, 2], _slack.Read);
    }

    [Fact]
    public async Task The_oldest_doubt_is_told_by_its_age_and_a_verification_by_its_patience()
    {
        await Look(1);
        _lanes.Left = 1;
        var (copies, later, _) = await _reader.LookForCopies(Given.Thread, Given.Post, Given.Post.ClaimedAt, default);
        Assert.Null(copies);
        Assert.Equal(ReadLanes.Wait, later);
        Assert.Equal(new ReadRank(Doubtful.DoubtSince!.Value), _lanes.Asked[0]);
        Assert.Equal(new ReadRank(Given.Post.ClaimedAt, CanWait: true), _lanes.Asked[^1]);
        _lanes.Left = 3;
        Assert.Equal(Given.Id(5), Assert.Single((await _reader.LookForCopies(Given.Thread, Given.Post, Given.Post.ClaimedAt, default)).Copies!).Marker.Post);
        Assert.Equal([0, 0, 1, 2, 3], _slack.Read);
    }
}
