using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>Where a message that asks for a thread really goes.</summary>
internal static class Threads
{
    /// <summary>
    /// The message under which a post with that <c>thread_ts</c> is stored; null: at top level. Slack does not refuse a thread that is
    /// gone or never was: it answers ok and shows the post in the channel. A reply's <c>ts</c> leads to its parent, and a placeholder
    /// of a deleted parent still takes replies.
    /// </summary>
    public static StoredMessage? ParentFor(Channel channel, Ts? requested)
    {
        if (requested is not { } ts || channel.Find(ts) is not { } asked) return null;
        return asked.Deleted && !asked.IsTombstone ? null : asked.Parent ?? asked;
    }
}
