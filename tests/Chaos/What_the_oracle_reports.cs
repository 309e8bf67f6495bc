using ThreadGrains.Chaos.Judging;

namespace ThreadGrains.Chaos.Tests;

/// <summary>The oracle itself is put to the test: each fault that is planted must be reported, as what it is and where it is, and nothing else.</summary>
public sealed class What_the_oracle_reports
{
    private readonly Scene _scene = new();

    [Fact]
    public void Nothing_where_all_went_well()
    {
        var report = _scene.Judge();

        Assert.Empty(report.Findings);
        Assert.Equal((12, 4, 24), (report.Accepted, report.Threads, report.Posts));
    }

    [Fact]
    public void A_message_that_is_missing_is_lost()
    {
        var dropped = _scene.Thread.ElementAt(2);
        _scene.Messages.Remove(dropped);

        Reports((Wrong.Lost, WordOf(dropped)));
    }

    [Fact]
    public void A_message_that_was_deleted_is_lost()
    {
        var dropped = _scene.Thread.ElementAt(2);
        _scene.Replace(dropped, dropped with { Deleted = true });

        Reports((Wrong.Lost, WordOf(dropped)));
    }

    [Fact]
    public void A_whole_thread_that_is_missing_is_lost_with_its_announcement()
    {
        var root = _scene.Root(0, "C1");
        _scene.Messages.RemoveAll(message => message.Channel == "C1" && (message == root || message.ThreadTs == root.Ts));

        Assert.Equal(6, _scene.Judge().Count(Wrong.Lost));
    }

    [Fact]
    public void A_second_copy_that_stands_is_doubled_and_left()
    {
        var first = _scene.Thread.First();
        _scene.Store(first.Channel, first.ThreadTs, first.Text);

        Reports((Wrong.DoubledEver, WordOf(first)), (Wrong.DoubledLeft, WordOf(first)));
    }

    [Fact]
    public void A_second_copy_that_was_taken_away_was_doubled_once()
    {
        var first = _scene.Thread.First();
        var copy = _scene.Store(first.Channel, first.ThreadTs, first.Text);
        _scene.Replace(copy, copy with { Deleted = true });

        Reports((Wrong.DoubledEver, WordOf(first)));
    }

    [Fact]
    public void Three_copies_are_two_too_many()
    {
        var first = _scene.Thread.First();
        _scene.Store(first.Channel, first.ThreadTs, first.Text);
        _scene.Store(first.Channel, first.ThreadTs, first.Text);

        Assert.Equal((2, 2), (_scene.Judge().Count(Wrong.DoubledEver), _scene.Judge().Count(Wrong.DoubledLeft)));
    }

    [Fact]
    public void A_second_announcement_is_doubled()
    {
        var root = _scene.Root(0, "C1");
        _scene.Store("C1", null, root.Text);

        Reports((Wrong.DoubledEver, WordOf(root)), (Wrong.DoubledLeft, WordOf(root)));
    }

    [Fact]
    public void Two_that_changed_places_are_out_of_order()
    {
        var (one, other) = (_scene.Thread.ElementAt(1), _scene.Thread.ElementAt(2));
        _scene.Replace(one, one with { Text = other.Text });
        _scene.Replace(other, other with { Text = one.Text });

        Reports((Wrong.OutOfOrder, $"{WordOf(one)} behind {WordOf(other)}"));
    }

    [Fact]
    public void A_reply_that_nobody_was_promised_is_a_phantom()
    {
        string word = Word.Of(999);
        _scene.Store("C1", _scene.Root(0, "C1").Ts, $"> {word}");

        Reports((Wrong.Phantom, word));
    }

    [Fact]
    public void An_announcement_in_a_thread_is_a_phantom()
    {
        _scene.Store("C1", _scene.Root(0, "C1").Ts, $"{Word.Of(0)} (unresolved)");

        Reports((Wrong.Phantom, Word.Of(0)));
    }

    [Fact]
    public void A_reply_in_another_groups_thread_is_a_phantom_and_lost_where_it_belongs()
    {
        var astray = _scene.Thread.First();
        _scene.Replace(astray, astray with { ThreadTs = _scene.Root(1, "C1").Ts });

        Reports((Wrong.Phantom, WordOf(astray)), (Wrong.Lost, WordOf(astray)));
    }

    [Fact]
    public void A_reply_in_the_channel_itself_is_a_phantom_and_lost_in_its_thread()
    {
        var astray = _scene.Thread.First();
        _scene.Replace(astray, astray with { ThreadTs = null });

        Reports((Wrong.Phantom, WordOf(astray)), (Wrong.Lost, WordOf(astray)));
    }

    [Fact]
    public void A_message_without_any_word_is_a_phantom()
    {
        var empty = _scene.Store("C1", _scene.Root(0, "C1").Ts, "Something happened");

        Reports((Wrong.Phantom, empty.Ts));
    }

    [Fact]
    public void A_reply_under_an_announcement_that_was_taken_away_is_a_phantom()
    {
        var root = _scene.Root(0, "C1");
        var second = _scene.Store("C1", null, root.Text);
        _scene.Replace(second, second with { Deleted = true });
        var astray = _scene.Store("C1", second.Ts, _scene.Thread.First().Text);

        Reports((Wrong.DoubledEver, WordOf(root)), (Wrong.Phantom, WordOf(astray)));
    }

    [Fact]
    public void What_was_sent_and_never_answered_may_stand_there_or_not()
    {
        string word = _scene.SentWithoutAnswer();
        Assert.True(_scene.Judge().IsClean);

        _scene.Store("C1", _scene.Root(0, "C1").Ts, $"> {word}");
        Assert.True(_scene.Judge().IsClean);
    }

    [Fact]
    public void Several_in_one_message_are_each_there_in_their_order()
    {
        var together = Together([1, 2, 3]);

        Assert.Empty(_scene.Judge().Findings);
        Assert.Equal(22, _scene.Messages.Count);
        Assert.Equal(3, Word.In(together.Text).Count);
    }

    [Fact]
    public void Several_in_one_message_in_a_wrong_order_are_out_of_order()
    {
        Together([1, 3, 2]);

        Assert.Equal([Wrong.OutOfOrder], _scene.Judge().Findings.Select(finding => finding.Wrong));
    }

    [Fact]
    public void One_that_stands_alone_and_again_among_several_is_doubled()
    {
        var first = _scene.Thread.First();
        _scene.Store(first.Channel, first.ThreadTs, string.Join('\n', _scene.Thread.Select(message => message.Text)));

        Assert.Equal(5, _scene.Judge().Count(Wrong.DoubledLeft));
    }

    /// <summary>Puts these replies of the thread into one message, in the place of the first of them.</summary>
    private StoredMessage Together(int[] places)
    {
        var members = places.Select(place => _scene.Thread.ElementAt(place)).ToList();
        var digest = members.MinBy(member => member.Ts, StringComparer.Ordinal)! with { Text = string.Join('\n', members.Select(member => member.Text)) };
        int at = _scene.Messages.FindIndex(message => message.Ts == digest.Ts && message.Channel == digest.Channel);
        members.ForEach(member => _scene.Messages.Remove(member));
        _scene.Messages.Insert(at, digest);
        return digest;
    }

    private void Reports(params (Wrong Wrong, string Word)[] expected) =>
        Assert.Equal(expected.Order(), _scene.Judge().Findings.Select(finding => (finding.Wrong, finding.Word)).Order());

    private static string WordOf(StoredMessage message) => Assert.Single(Word.In(message.Text));
}
