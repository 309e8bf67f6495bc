using System.Reflection;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>How a doubt goes on after a look (design 5.4).</summary>
public class What_a_look_means
{
    private static ReadDecision After(ReadEvidence evidence, PostRow? post = null, UnreadablePolicy policy = UnreadablePolicy.Hold) =>
        DeliveryEngine.AfterRead(post ?? Given.Doubtful, evidence, Given.Now, Given.Rules with { Unreadable = policy });

    [Fact]
    public void Found_is_sent_and_further_copies_are_written_down()
    {
        var result = Assert.IsType<ReadDecision.Result>(After(new ReadEvidence.Found("1700000009.000100", ["1700000010.000100"])));
        Assert.Equal(new PostResult.Sent("1700000009.000100"), result.Outcome);
        Assert.Equal(["1700000010.000100"], result.FurtherCopies);
    }

    [Fact]
    public void Found_in_the_channel_is_an_orphan() =>
        Assert.Equal(new PostResult.Orphaned("1700000009.000100"), Assert.IsType<ReadDecision.Result>(After(new ReadEvidence.FoundOutside("1700000009.000100"))).Outcome);

    [Fact]
    public void One_look_proves_nothing_and_the_second_comes_after_a_while()
    {
        Assert.Equal(new ReadDecision.Step(new DoubtStep.AbsentOnce(Given.Now.AddSeconds(15))), After(new ReadEvidence.Absent(false)));
        Assert.Equal(new ReadDecision.Step(new DoubtStep.AbsentOnce(Given.Now.AddSeconds(5))), After(new ReadEvidence.Absent(false), Given.Doubtful with { KnownEnd = false }));
    }

    [Fact]
    public void Absent_twice_goes_again_unless_the_parent_is_gone()
    {
        var once = Given.Doubtful with { AbsentReads = 1 };
        Assert.Equal(new ReadDecision.Step(new DoubtStep.Absent()), After(new ReadEvidence.Absent(false), once));
        Assert.Equal(new ReadDecision.Step(new DoubtStep.ParentGone()), After(new ReadEvidence.Absent(true), once));
        Assert.Equal(new ReadDecision.Step(new DoubtStep.Absent()), After(new ReadEvidence.Absent(true), once with { Kind = PostKind.Root }));
    }

    [Fact]
    public void What_cannot_be_read_waits_a_quarter_of_an_hour_for_its_policy()
    {
        var unreadable = new ReadEvidence.Unreadable("missing_scope", null);
        var old = Given.Doubtful with { DoubtSince = Given.Now.AddMinutes(-16) };
        Assert.IsType<DoubtStep.ReadLater>(Step(After(unreadable, null, UnreadablePolicy.Resend)));
        Assert.IsType<DoubtStep.ReadLater>(Step(After(unreadable, old)));
        Assert.IsType<DoubtStep.Resend>(Step(After(unreadable, old, UnreadablePolicy.Resend)));
        Assert.Equal(new DoubtStep.GiveUp("in_doubt"), Step(After(unreadable, old, UnreadablePolicy.Skip)));
    }

    [Fact]
    public void What_Slack_refuses_to_show_is_asked_for_less_and_less_often_and_the_policy_comes_in_time()
    {
        var refused = new ReadEvidence.Unreadable("missing_scope", null) { IsRefused = true };
        var age = TimeSpan.FromSeconds(5);
        var waits = new List<TimeSpan>();
        while (age < TimeSpan.FromMinutes(15))
        {
            var later = Assert.IsType<DoubtStep.ReadLater>(Step(After(refused, Given.Doubtful with { DoubtSince = Given.Now - age }, UnreadablePolicy.Resend)));
            waits.Add(later.ReadAt - Given.Now);
            age += waits[^1];
        }

        Assert.InRange(waits.Count, 5, 15);
        Assert.All(waits, wait => Assert.True(wait >= TimeSpan.FromSeconds(15)));
        Assert.InRange(age, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15.5));
        Assert.Equal(
            new DoubtStep.ReadLater(Given.Now.AddMinutes(10), "missing_scope"),
            Step(After(refused, Given.Doubtful with { DoubtSince = Given.Now.AddDays(-1) })));
    }

    [Fact]
    public void Every_kind_of_evidence_has_a_rule()
    {
        ReadEvidence[] all = [new ReadEvidence.Found("1.000001", []), new ReadEvidence.FoundOutside("1.000001"), new ReadEvidence.Absent(false), new ReadEvidence.Unreadable("x", null)];
        Assert.Equal(typeof(ReadEvidence).GetNestedTypes(BindingFlags.Public).ToHashSet(), all.Select(evidence => evidence.GetType()).ToHashSet());
        Assert.All(all, evidence => Assert.NotNull(After(evidence)));
    }

    private static DoubtStep Step(ReadDecision decision) => Assert.IsType<ReadDecision.Step>(decision).Doubt;
}
