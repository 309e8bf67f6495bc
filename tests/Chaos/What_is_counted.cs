using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Running;
using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Tests;

public sealed class What_is_counted
{
    [Fact]
    public void Counters_are_added_up_over_the_lives_of_a_process_and_over_processes()
    {
        using var totals = new MetricTotals();
        totals.Take("silo-1", 1, "threadgrains_doubts_looked_total{otel_scope_name=\"ThreadGrains\",found=\"absent\"} 3 1700000000000\n");
        totals.Take("silo-1", 1, "threadgrains_doubts_looked_total{otel_scope_name=\"ThreadGrains\",found=\"absent\"} 4 1700000000000\n");
        totals.Take("silo-1", 2, "# TYPE x\nthreadgrains_doubts_looked_total{found=\"absent\"} 2\nthreadgrains_doubts_looked_total{found=\"found\"} 8\n");
        totals.Take("silo-2", 1, "threadgrains_doubts_looked_total{found=\"absent\"} 1\nthreadgrains_writes_fenced_total 5\n");

        Assert.Equal(7, totals.Sum("threadgrains_doubts_looked_total", "found=\"absent\""));
        Assert.Equal(15, totals.Sum("threadgrains_doubts_looked_total"));
        Assert.Equal(5, totals.Sum("threadgrains_writes_fenced_total"));
        Assert.Equal(0, totals.Sum("threadgrains_doubts"));
    }

    [Fact]
    public void A_doubt_lasts_from_the_look_before_it_was_seen_until_the_look_that_misses_it_or_the_last_one()
    {
        using var gateway = new GatewayClient(new Uri("http://127.0.0.1:9"), "unused");
        var doubts = new DoubtWatch(gateway);
        var begun = DateTimeOffset.UnixEpoch;
        string[][] looks = [[], ["a"], ["a", "b"], ["b"], ["b"], [], ["a"]];
        foreach (var (second, doubtful) in looks.Index())
        {
            doubts.Take(doubtful.ToHashSet(), begun.AddSeconds(second));
        }

        Assert.Equal([1, 3, 4], doubts.Seconds);
    }

    [Fact]
    public void The_wait_after_a_blow_is_to_the_next_message_of_each_thread_that_had_something_to_tell()
    {
        var scene = new Scene();
        var blow = scene.Promises[2].AcceptedAt!.Value;
        var waits = Recovery.Waits(scene.Promises, scene.Judge(), [blow]);

        // The announcement, stored first of all, was accepted before the blow and stood after it.
        Assert.Equal(4, waits.Count);
        Assert.Equal(new Wait((scene.Root(0, "C1").StoredAt - blow).TotalSeconds, WasIdle: false), waits[0]);
        Assert.Empty(Recovery.Waits(scene.Promises, scene.Judge(), [blow.AddHours(1)]));
    }

    [Fact]
    public void A_thread_whose_all_stood_when_the_blow_fell_was_idle_and_its_wait_begins_with_the_next_sending()
    {
        var scene = new Scene();
        // The announcements of the first group stand, those of the second do not; what the first one tells next is sent a second later.
        var blow = scene.Root(0, "C2").StoredAt.AddSeconds(0.5);
        var promises = scene.Promises.Select(promise => promise.Order == 2 ? promise with { SentAt = blow.AddSeconds(1) } : promise).ToList();

        Assert.Equal([new Wait(0.5, false), new Wait(1.5, true), new Wait(1.5, false), new Wait(2.5, true)], Recovery.Waits(promises, scene.Judge(), [blow]).OrderBy(wait => wait.Seconds).ThenByDescending(wait => wait.WasIdle));
    }

    [Fact]
    public void A_quantile_is_the_value_that_so_many_do_not_exceed()
    {
        double[] sorted = [.. Enumerable.Range(1, 100).Select(number => (double)number)];

        Assert.Equal((50, 99, 100, 0), (Recovery.Quantile(sorted, 0.5), Recovery.Quantile(sorted, 0.99), Recovery.Quantile(sorted, 1), Recovery.Quantile([], 0.99)));
    }

    [Fact]
    public void Books_that_agree_with_promises_and_facts_are_silent_and_each_disagreement_is_told()
    {
        var scene = new Scene();
        var promises = scene.Promises.ToDictionary(promise => $"id-{promise.Word}");
        var rows = scene.Messages.Select(message => new DeliveryRow($"id-{Word.In(message.Text)[0]}", message.Channel, "sent", message.Ts)).ToList();
        Assert.Empty(Conservation.Disagreements(promises, rows, scene.Messages));

        Assert.Single(Conservation.Disagreements(promises, [.. rows.Skip(1)], scene.Messages));
        Assert.Single(Conservation.Disagreements(promises, [.. rows, rows[0]], scene.Messages));
        Assert.Single(Conservation.Disagreements(promises, [rows[0] with { State = "pending" }, .. rows.Skip(1)], scene.Messages));
        Assert.Single(Conservation.Disagreements(promises, [rows[0] with { SlackTs = rows[1].SlackTs }, .. rows.Skip(1)], scene.Messages));
        Assert.Single(Conservation.Disagreements(promises, rows, [scene.Messages[0] with { Deleted = true }, .. scene.Messages.Skip(1)]));
        Assert.Single(Conservation.Disagreements(promises, [.. rows, rows[0] with { Activity = "never sent" }], scene.Messages));
    }
}
