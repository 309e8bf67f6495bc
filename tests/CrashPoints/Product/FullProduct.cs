using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Product;

/// <summary>Every call with a durable effect, in a story that makes it, with everything that can happen to it, and whoever goes on.</summary>
internal static class FullProduct
{
    private static readonly Fate[] OfTheLedger = [Fate.Before, Fate.After, Fate.Lost, Fate.Unanswered];
    private static readonly Fate[] OfSlack = [Fate.Before, Fate.Half, Fate.After, Fate.Lost, Fate.Unanswered];

    /// <summary>A place, and the call to it that is meant. Posts: the announcement's and the first reply's.</summary>
    private static readonly (Story Story, string Place, int Nth)[] Calls =
    [
        (Story.Plain, "CommitTurn", 1),             // the announcement is accepted
        (Story.Plain, "CommitTurn", 2),             // an activity
        (Story.Plain, "Claim", 1),
        (Story.Plain, "Claim", 2),
        (Story.Plain, "chat.postMessage", 1),
        (Story.Plain, "chat.postMessage", 2),
        (Story.Plain, "Settle", 1),
        (Story.Plain, "Settle", 2),
        (Story.Edited, "ClaimEdit", 1),
        (Story.Edited, "chat.update", 1),
        (Story.Edited, "SettleEdit", 1),
        (Story.RequestLost, "Settle", 2),           // in doubt
        (Story.RequestLost, "conversations.replies", 1),
        (Story.RequestLost, "StepDoubt", 1),        // absent once
        (Story.RequestLost, "StepDoubt", 2),        // absent twice: pending again
        (Story.RequestLost, "SettleVerification", 1),
        (Story.AnswerLost, "Settle", 3),            // found
        (Story.LateCopy, "Observe", 1),             // a second copy is seen
        (Story.LateCopy, "EndObservation", 1),      // and written down as a clean-up
        (Story.LateCopy, "chat.delete", 1),
        (Story.LateCopy, "SettleCleanup", 1),
        (Story.ParentGone, "Settle", 2),            // an orphan
        (Story.ParentGone, "chat.delete", 1),
        (Story.ParentGone, "SettleCleanup", 1),
    ];

    public static IEnumerable<CrashCase> Cases =>
        from next in Enum.GetValues<NextOwner>()
        from call in Calls
        let slack = new CrashPoint(call.Place, Fate.Before).IsOfSlack
        from fate in slack ? OfSlack : OfTheLedger
        let point = new CrashPoint(call.Place, fate, call.Nth)
        // Where nobody dies nobody else goes on.
        where point.Kills || next is not NextOwner.OtherOnPostgreSql
        select new CrashCase(call.Story, point, next);
}
