using ThreadGrains.Simulation.World;

namespace ThreadGrains.Simulation.Traces;

/// <summary>Courses of what the model of the protocol leaves out: what announcements show, and announcements that somebody adopts.</summary>
internal static class FurtherTraces
{
    public static IReadOnlyList<Trace> All { get; } =
    [
        new("edit_repeated_at_once", "The edit of an announcement is held up on its way, and meanwhile the issue has another assignee: the next edit must not overtake it.")
        {
            Activities = 0,
            Faults = [(Io.Edit, 1, Fault.Late)],
            Cues = [new("settle Sent Settled", 1, stage => stage.Assign("ada")), new("chat.update Late", 1, stage => stage.Assign("grace"))],
            ComesTo = ["chat.update Late", "settle edit TryAgain Done"],
        },
        new("named_copy_is_no_exception", "A second copy of an announcement is adopted for another group before its sender tells of it: it is deleted for nobody.")
        {
            Activities = 1,
            Faults = [(Io.Post, 1, Fault.FrozenAtSocket)],
            Cues = [new("chat.postMessage FrozenAtSocket", 1, stage => stage.AdoptNext())],
            ComesTo = ["settle Sent Observed", "adopt Adopted"],
        },
        new("copy_to_go_is_no_parent", "It is adopted when the ledger knows already that it has to go, and Slack does not delete it at once.")
        {
            Activities = 1,
            Faults = [(Io.Post, 1, Fault.FrozenAtSocket), (Io.Delete, 1, Fault.Limited)],
            Cues = [new("end observation Done", 1, stage => stage.AdoptSecondCopy())],
            ComesTo = ["settle Sent Observed", "adopt Taken"],
        },
    ];
}
