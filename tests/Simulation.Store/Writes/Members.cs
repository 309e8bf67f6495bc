using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary>The deliveries follow their post.</summary>
internal static class Members
{
    public static void Sent(PostEntry post, DateTimeOffset now)
    {
        foreach (var member in post.Carried)
        {
            post.Thread.End(member, DeliveryState.Sent, null, now);
            member.DoubtPost = null;
        }
    }

    /// <param name="post">The post that carries them.</param>
    /// <param name="reason">Why.</param>
    /// <param name="outOfDoubt">Nobody knows whether they stand in the thread: the post has to be read before they go again.</param>
    /// <param name="now">The store's clock.</param>
    public static void Dead(PostEntry post, string reason, bool outOfDoubt, DateTimeOffset now)
    {
        foreach (var member in post.Carried)
        {
            post.Thread.End(member, DeliveryState.Dead, reason, now);
            member.DoubtPost = outOfDoubt ? post : null;
        }
    }

    public static void InDoubt(PostEntry post, string? reason)
    {
        foreach (var member in post.Carried)
        {
            post.Thread.Move(member, DeliveryState.InDoubt);
            member.Reason = reason;
        }
    }

    /// <summary>Back in line; in a thread that was closed meanwhile there is none: cancelled with the thread's reason.</summary>
    public static void Pending(PostEntry post, DateTimeOffset dueAt, string? reason, bool usesAttempt, bool doubted, DateTimeOffset now)
    {
        var thread = post.Thread;
        foreach (var member in post.Carried)
        {
            if (thread.IsClosed)
            {
                thread.End(member, DeliveryState.Cancelled, member.Recap is null ? thread.Reason : "moved", now);
                continue;
            }

            thread.Move(member, DeliveryState.Pending);
            member.DueAt = dueAt;
            member.Reason = reason;
            member.Attempts -= usesAttempt ? 0 : 1;
            member.Doubted |= doubted;
            member.Post = member.Doubted ? post : null;               // what was once in doubt goes again in the same company
        }
    }
}
