using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Tests;

public sealed class What_receipts_promise
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_that_was_accepted_at_the_third_try_is_promised_from_then_on()
    {
        var promises = Promises.From([Sent("a", 0), Answered("a", 0, null), Sent("a", 1), Answered("a", 1, new Answer(503, null, null, null, "away", 1)), Sent("a", 2), Answered("a", 2, Accepted(1))]);

        Assert.Empty(promises.Contradictions);
        Assert.Equal(Began.AddSeconds(2), promises.ById["a"].AcceptedAt);
    }

    [Fact]
    public void One_without_a_final_answer_is_no_promise()
    {
        var promises = Promises.From([Sent("a", 0), Answered("a", 0, null)]);

        Assert.Null(promises.ById["a"].AcceptedAt);
    }

    [Fact]
    public void The_order_is_that_of_sending()
    {
        var promises = Promises.From([Sent("b", 0), Answered("b", 0, Accepted(1)), Sent("a", 0), Answered("a", 0, Accepted(2))]);

        Assert.True(promises.ById["b"].Order < promises.ById["a"].Order);
    }

    [Theory]
    [InlineData(2, 2, "duplicate")]
    [InlineData(1, 1, "duplicate")]
    [InlineData(1, 2, "accepted")]
    public void A_repetition_that_is_answered_otherwise_contradicts(long sequence, int threads, string outcome)
    {
        var promises = Promises.From([Sent("a", 0), Answered("a", 0, Accepted(1)), Sent("a", 0), Answered("a", 0, new Answer(202, outcome, sequence, threads, null, null))]);

        Assert.Single(promises.Contradictions);
    }

    [Fact]
    public void The_same_answer_again_does_not_contradict()
    {
        var promises = Promises.From([Sent("a", 0), Answered("a", 0, Accepted(1)), Sent("a", 0), Answered("a", 0, Accepted(1) with { Outcome = "duplicate" })]);

        Assert.Empty(promises.Contradictions);
    }

    [Fact]
    public void A_sequence_that_goes_back_within_a_group_contradicts()
    {
        var promises = Promises.From([Sent("a", 0), Answered("a", 0, Accepted(5)), Sent("b", 0), Answered("b", 0, Accepted(4))]);

        Assert.Single(promises.Contradictions);
    }

    [Fact]
    public void A_refusal_for_good_contradicts_what_a_correct_sender_expects()
    {
        var promises = Promises.From([Sent("a", 0), Answered("a", 0, new Answer(400, null, null, null, "bad", null))]);

        Assert.Single(promises.Contradictions);
    }

    [Fact]
    public void An_id_that_is_used_for_something_else_must_be_a_conflict()
    {
        Receipt[] first = [Sent("a", 0), Answered("a", 0, Accepted(1))];

        Assert.Empty(Promises.From([.. first, Answered("a", 0, new Answer(409, null, null, null, "id_reused", null)) with { Altered = true }]).Contradictions);
        Assert.Single(Promises.From([.. first, Answered("a", 0, Accepted(1) with { Outcome = "duplicate" }) with { Altered = true }]).Contradictions);
    }

    [Fact]
    public void Of_copies_that_were_sent_at_once_any_may_be_the_one_that_counts_but_only_one()
    {
        var duplicate = Accepted(1) with { Outcome = "duplicate" };

        Assert.Empty(Promises.From([Sent("a", 0), Sent("a", 0), Answered("a", 0, duplicate), Answered("a", 0, Accepted(1))]).Contradictions);
        Assert.Single(Promises.From([Sent("a", 0), Sent("a", 0), Answered("a", 0, duplicate), Answered("a", 0, Accepted(1)), Answered("a", 0, Accepted(1))]).Contradictions);
    }

    [Fact]
    public async Task The_log_gives_back_what_was_put_into_it()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("threadgrains-chaos-log-").FullName, "receipts.jsonl");
        await using (var log = new ReceiptLog(path))
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(number => log.Append(Answered($"a{number}", 0, Accepted(number)))));
        }

        Assert.Equal(100, Promises.From(ReceiptLog.Read(path)).ById.Count);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static Receipt Sent(string id, int attempt) => new(Began, id, "g", $"word-{id}", attempt, 0, false, ["C1", "C2"], null);

    private static Receipt Answered(string id, int attempt, Answer? answer) =>
        Sent(id, attempt) with { At = Began.AddSeconds(attempt), Answer = answer ?? new Answer(null, null, null, null, "reset", null) };

    private static Answer Accepted(long sequence) => new(202, "accepted", sequence, 2, null, null);
}
