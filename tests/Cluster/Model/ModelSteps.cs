using CsCheck;
using ThreadGrains.Groups;

namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>What is done next in a story. Numbers name things that the story has by then, counted round; where it has none the step does nothing.</summary>
internal abstract record Step
{
    private Step() { }

    /// <summary>One that is answered by a receipt.</summary>
    internal abstract record Told : Step;

    /// <summary>A new activity.</summary>
    internal sealed record Act(int Group, string Type, string Actor) : Told;

    /// <summary>A new alert; channels by their numbers, none: the organization's own.</summary>
    internal sealed record Alarm(int Group, string Channels, string? Rule, string? Period, string? Level) : Told;

    /// <summary>A former request once more, the clock of its sender aside.</summary>
    internal sealed record Again(int Former) : Told;

    /// <summary>A former request's id with another text, or for the other group.</summary>
    internal sealed record Reuse(int Former, bool Elsewhere) : Told;

    /// <summary>Activities in one call.</summary>
    internal sealed record Batch(int Group, Told[] Activities) : Step
    {
        public override string ToString() => $"Batch {Group} [{string.Join(", ", (object[])Activities)}]";
    }

    /// <summary>Calls made at once.</summary>
    internal sealed record Together(Told[] Calls) : Step
    {
        public override string ToString() => $"Together [{string.Join(", ", (object[])Calls)}]";
    }

    /// <summary>Slack refuses what this makes in a channel.</summary>
    internal sealed record Refused(int Channel, Told Call) : Step;

    /// <summary>A note whose posts in a channel end in doubt and cannot be read back: an operator decides.</summary>
    internal sealed record Doubted(int Group, int Channel, DoubtVerdict Verdict) : Step;

    /// <summary>A person's message becomes a parent.</summary>
    internal sealed record Adopt(int Group, int Message) : Step;

    /// <summary>A click on a root; the same press again is the same click.</summary>
    internal sealed record Click(int Group, int Thread, string Action, string User, int Press) : Step;

    internal sealed record Close(int Group, int Thread) : Step;

    internal sealed record Reopen(int Group, int Thread) : Step;

    /// <summary>A delivery of a thread is replayed, a dead one where there is one.</summary>
    internal sealed record Replay(int Group, int Thread, int Delivery) : Step;

    /// <summary>The next post into a channel meets a fault that leaves no mark on what is delivered.</summary>
    internal sealed record Fault(int Channel, string Kind) : Step;

    /// <summary>The group's activation ends.</summary>
    internal sealed record Deactivate(int Group) : Step;
}

/// <summary>Stories, by chance.</summary>
internal static class ModelSteps
{
    private static readonly Gen<int> Group = Gen.Frequency((4, Gen.Const(0)), (1, Gen.Const(1)));
    private static readonly Gen<int> Any = Gen.Int[0, 39];
    private static readonly Gen<int> Channel = Gen.Int[0, 1];

    private static readonly Gen<Step.Told> Act = Gen.Select(
        Group, Gen.OneOf([.. ActivityTypes.All, "note", "note", "resolved", "assigned", "celebrated"]),
        Gen.Frequency((5, Gen.Const("user")), (1, Gen.Const("integration")), (1, Gen.Const("system"))),
        (group, type, actor) => (Step.Told)new Step.Act(group, type, actor));

    private static readonly Gen<Step.Told> Alarm = Gen.Select(
        Group, Gen.OneOf("0", "0", "1", "01", "10", "00", "", "0x"), Gen.OneOf<string?>(null, null, "slow"), Gen.OneOf<string?>(null, null, null, "p1", "p2"), Gen.OneOf<string?>(null, "error"),
        (group, channels, rule, period, level) => (Step.Told)new Step.Alarm(group, channels, rule, period, level));

    private static readonly Gen<Step.Told> Again = Any.Select(former => (Step.Told)new Step.Again(former));
    private static readonly Gen<Step.Told> Reuse = Gen.Select(Any, Gen.Bool, (former, elsewhere) => (Step.Told)new Step.Reuse(former, elsewhere));
    private static readonly Gen<Step.Told> Call = Gen.Frequency((6, Act), (3, Alarm), (2, Again), (1, Reuse));

    private static readonly Gen<Step> One = Gen.Frequency(
        (14, Call.Select(call => (Step)call)),
        (2, Gen.Select(Group, Gen.Frequency((5, Act), (1, Again), (1, Reuse)).Array[2, 5], (group, activities) => (Step)new Step.Batch(group, activities))),
        (3, Call.Array[2, 4].Select(calls => (Step)new Step.Together(calls))),
        (2, Gen.Select(Channel, Call, (channel, call) => (Step)new Step.Refused(channel, call))),
        (1, Gen.Select(Group, Channel, Gen.OneOf(DoubtVerdict.Sent, DoubtVerdict.Resend, DoubtVerdict.Skip), (group, channel, verdict) => (Step)new Step.Doubted(group, channel, verdict))),
        (1, Gen.Select(Group, Gen.Int[0, 3], (group, message) => (Step)new Step.Adopt(group, message))),
        (3, Gen.Select(
            Group, Any, Gen.OneOf(ClickActions.Resolve, ClickActions.Unresolve, ClickActions.Archive, ClickActions.AssignMe), Gen.OneOf("U0KIM", "U0LEE"), Gen.Int[0, 1],
            (group, thread, action, user, press) => (Step)new Step.Click(group, thread, action, user, press))),
        (2, Gen.Select(Group, Any, (group, thread) => (Step)new Step.Close(group, thread))),
        (1, Gen.Select(Group, Any, (group, thread) => (Step)new Step.Reopen(group, thread))),
        (2, Gen.Select(Group, Any, Any, (group, thread, delivery) => (Step)new Step.Replay(group, thread, delivery))),
        (2, Gen.Select(Channel, Gen.OneOf("lost_answer", "lost_request", "http_503", "rate_limited"), (channel, kind) => (Step)new Step.Fault(channel, kind))),
        (1, Group.Select(group => (Step)new Step.Deactivate(group))));

    /// <summary>About thirty steps; the first makes the group known, since before that little can happen.</summary>
    public static Gen<Step[]> Stories { get; } = Gen.Select(Alarm, One.Array[20, 40], (first, steps) => (Step[])[first, .. steps]);

    public static string Print(Step[] story) => string.Join('\n', story.Select((step, n) => $"{n + 1,3}. {step}"));
}
