using ThreadGrains.Grains.Rendering;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>What the choice of a post's members needs beyond the ledger's rows.</summary>
/// <param name="LaneWait">How long the thread waited for the permit that is in hand.</param>
/// <param name="Length">The rendered length of a delivery.</param>
internal sealed record DigestMeasure(TimeSpan LaneWait, Func<DeliveryRow, RenderedLength> Length)
{
    /// <summary>Nothing was waited for, and whatever is rendered is short.</summary>
    public static DigestMeasure None { get; } = new(TimeSpan.Zero, _ => default);
}

/// <summary>
/// Which deliveries go as one post. A thread far behind gets its waiting replies as digests, in order, each
/// visible once. Deliveries that were once in doubt together go again together, in exactly that company, so that a second
/// copy of one is a second copy of all.
/// </summary>
internal static class DigestChoice
{
    /// <summary>Deliveries in one digest.</summary>
    public const int MaxMembers = 50;

    /// <summary>Characters of all a digest shows: below what Slack takes in all blocks of a message together.</summary>
    public const int MaxShown = 10_000;

    /// <summary>Characters of a digest's terse text, in which each delivery is to be found as well.</summary>
    public const int MaxText = OutgoingMessage.MaxText;

    /// <summary>What a delivery's reason begins with after Slack surely refused the digest that it went in: it goes alone then.</summary>
    public const string RefusedTogether = "digest_refused:";

    /// <summary>More than this many waiting: far behind.</summary>
    private const int ManyWaiting = 10;

    /// <summary>A lane that makes a thread wait this long is throttled, or has many threads in it.</summary>
    private static readonly TimeSpan LongInTheLane = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Accepted that long ago and still waiting: the channel was parked, or nothing could be sent. By the moment of the accept,
    /// so that it also holds for what was replayed after it had expired, and after a restart.
    /// </summary>
    private static readonly TimeSpan LongAgo = TimeSpan.FromHours(1);

    /// <summary>The post of the head, which is due, and of whatever goes with it.</summary>
    public static DeliveryStep.Post Of(ThreadWork work, DeliveryRules rules, DigestMeasure measure)
    {
        var head = work.Pending[0];
        List<DeliveryRow> members = head.Doubted ? Company(head, work.Pending)
            : rules.Digests && IsFarBehind(work, head, measure) ? Gather(work, measure.Length)
            : [head];
        return new DeliveryStep.Post(KindOf(head, members.Count), members);
    }

    /// <summary>
    /// Of a digest whose outcome was decided by its head: what Slack surely refused as a whole and was never in doubt is not
    /// dead yet, its members are tried one by one and judged for themselves. One that was in doubt keeps its company.
    /// </summary>
    public static PostResult Apart(IReadOnlyList<DeliveryRow> members, PostResult result, DateTimeOffset now)
    {
        string? refusal = result switch
        {
            PostResult.Dead dead => dead.Reason,
            PostResult.TryAgain { Reason: { } reason } when reason.StartsWith(DeliveryEngine.Shortened, StringComparison.Ordinal) => reason[DeliveryEngine.Shortened.Length..],
            _ => null,
        };
        return refusal is not null && members.Count > 1 && !members[0].Doubted
            ? new PostResult.TryAgain(now, RefusedTogether + refusal, UsesAttempt: false)
            : result;
    }

    private static bool IsFarBehind(ThreadWork work, DeliveryRow head, DigestMeasure measure) =>
        work.PendingCount > ManyWaiting || measure.LaneWait >= LongInTheLane || work.Now - head.Activity.AcceptedAt >= LongAgo;

    private static List<DeliveryRow> Company(DeliveryRow head, IReadOnlyList<DeliveryRow> pending) =>
        [head, .. pending.Skip(1).TakeWhile(row => row.Doubted && row.Post is not null && row.Post == head.Post)];

    private static List<DeliveryRow> Gather(ThreadWork work, Func<DeliveryRow, RenderedLength> lengthOf)
    {
        var head = work.Pending[0];
        var members = new List<DeliveryRow> { head };
        if (!MayShare(head, work.Now))
        {
            return members;
        }

        var length = lengthOf(head);
        foreach (var row in work.Pending.Skip(1).Take(MaxMembers - 1))
        {
            if (!MayShare(row, work.Now))
            {
                break;
            }

            length += lengthOf(row);
            if (length.Shown > MaxShown || length.Text > MaxText)
            {
                break;
            }

            members.Add(row);
        }

        return members;
    }

    /// <summary>A broadcast reply goes alone: in a digest it would show the others in the channel, too.</summary>
    private static bool MayShare(DeliveryRow row, DateTimeOffset now) =>
        row.Kind is DeliveryKind.Reply or DeliveryKind.Repeat && !row.Broadcast && !row.Doubted && row.DoubtPost is null && row.DueAt <= now
        && row.Reason?.StartsWith(RefusedTogether, StringComparison.Ordinal) != true && !DeliveryEngine.IsShortened(row);

    private static PostKind KindOf(DeliveryRow head, int members) => head.Kind switch
    {
        DeliveryKind.Root => PostKind.Root,
        DeliveryKind.Recap => PostKind.Recap,
        _ => members > 1 ? PostKind.Digest : PostKind.Reply,
    };
}
