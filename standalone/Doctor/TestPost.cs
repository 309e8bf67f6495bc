using System.Security.Cryptography;
using ThreadGrains.Slack;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>What became of the test messages. Null: not tried, because of what came before.</summary>
internal sealed record TestPostFacts
{
    public required PostOutcome Root { get; init; }

    public PostOutcome? Reply { get; init; }

    public LookBack? Thread { get; init; }

    public LookBack? History { get; init; }

    public CallOutcome<UpdatedMessage>? Edit { get; init; }

    /// <summary>One for each message that is known to stand in the channel.</summary>
    public IReadOnlyList<CallOutcome<DeletedMessage>> Deletions { get; init; } = [];

    /// <summary>A message may stand there that was not found again.</summary>
    public bool LeftBehind { get; init; }
}

/// <summary>A search for our own message.</summary>
/// <param name="Last">The last page that was read.</param>
/// <param name="Found">The message; null: not in any look.</param>
internal sealed record LookBack(CallOutcome<MessagePage> Last, ReadMessage? Found);

/// <summary>
/// Posts, replies, reads back, edits, and deletes again, with the marker that real posts carry. Whatever fails or is
/// cancelled on the way, what stands in the channel is deleted.
/// </summary>
internal sealed class TestPost(SlackClient slack, SlackToken token, string channel, bool mayRead, TimeProvider clock)
{
    private const string Words = "ThreadGrains doctor: a test, gone in a moment.";

    /// <summary>A post is to be seen within 5 s; the waits before each look make 6.</summary>
    private static readonly TimeSpan[] LooksAfter = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)];

    /// <summary>A clean-up that Slack wants to be slower is worth this wait, once.</summary>
    private static readonly TimeSpan LongestWaitToCleanUp = TimeSpan.FromSeconds(60);

    private readonly PostMarker _root = Marker();
    private readonly PostMarker _reply = Marker();
    private readonly SlackTs _since = SlackTs.FromTime(clock.GetUtcNow() - TimeSpan.FromMinutes(10));

    // What was reached so far: the clean-up needs it also when a step throws or is cancelled.
    private TestPostFacts _facts = new() { Root = new PostOutcome.NotSent("cancelled") };

    public async Task<TestPostFacts> Run(CancellationToken cancellation)
    {
        try
        {
            await GoThrough(cancellation);
        }
        finally
        {
            await CleanUp();
        }

        return _facts;
    }

    private async Task GoThrough(CancellationToken cancellation)
    {
        var root = await slack.PostRoot(
            token, new RootMessage { Channel = channel, Text = Words, Blocks = Blocks(), Marker = _root }, SendWindow.Open(clock), cancellation);
        _facts = _facts with { Root = root };
        if (root is not PostOutcome.Posted { Ts: var parent })
        {
            return;
        }

        var reply = await slack.PostReply(
            token, new ReplyMessage { Channel = channel, ThreadTs = parent, Text = Words, Blocks = Blocks(), Marker = _reply }, SendWindow.Open(clock), cancellation);
        _facts = _facts with { Reply = reply };
        if (mayRead)
        {
            _facts = _facts with { Thread = await Look(ask => Replies(parent, ask), _reply, cancellation) };
            _facts = _facts with { History = await Look(History, _root, cancellation) };
        }

        var edit = await slack.UpdateMessage(
            token, new MessageUpdate { Channel = channel, Ts = parent, Text = Words + " Edited.", Blocks = Blocks(), Marker = _root }, cancellation);
        _facts = _facts with { Edit = edit };
    }

    private Task<CallOutcome<MessagePage>> Replies(SlackTs parent, CancellationToken cancellation) =>
        slack.GetReplies(token, channel, parent, null, null, 15, cancellation);

    private Task<CallOutcome<MessagePage>> History(CancellationToken cancellation) =>
        slack.GetHistory(token, channel, _since, null, inclusive: false, null, 15, cancellation);

    private async Task<LookBack> Look(Func<CancellationToken, Task<CallOutcome<MessagePage>>> read, PostMarker marker, CancellationToken cancellation)
    {
        LookBack look = null!;
        foreach (var after in LooksAfter)
        {
            await Task.Delay(after, clock, cancellation);
            var page = await read(cancellation);
            look = new LookBack(page, (page as CallOutcome<MessagePage>.Ok)?.Value.Messages.FirstOrDefault(message => message.Marker == marker));
            // A thread that is not there yet is a refusal, and may be there at the next look.
            if (look.Found is not null || page is not (CallOutcome<MessagePage>.Ok or CallOutcome<MessagePage>.Refused { Error: "thread_not_found" }))
            {
                break;
            }
        }

        return look;
    }

    /// <summary>The reply first: a parent without replies leaves no tombstone.</summary>
    private async Task CleanUp()
    {
        var here = new List<SlackTs>();
        bool leftBehind = false;
        foreach (var (outcome, marker) in new[] { (_facts.Reply, _reply), (_facts.Root, _root) })
        {
            switch (outcome)
            {
                case PostOutcome.Posted posted:
                    here.Add(posted.Ts);
                    break;
                case PostOutcome.Unknown:
                    var lost = marker == _reply && _facts.Root is PostOutcome.Posted root
                        ? await Look(ask => Replies(root.Ts, ask), marker, CancellationToken.None)
                        : await Look(History, marker, CancellationToken.None);
                    if (lost.Found is { } found)
                    {
                        here.Add(found.Ts);
                    }

                    leftBehind |= lost.Found is null;
                    break;
            }
        }

        var deletions = new List<CallOutcome<DeletedMessage>>();
        foreach (var ts in here)
        {
            var deletion = await slack.DeleteMessage(token, channel, ts, CancellationToken.None);
            if (deletion is CallOutcome<DeletedMessage>.Limited { RetryAfter: var asked })
            {
                var wait = asked is { } given && given < LongestWaitToCleanUp ? given : LongestWaitToCleanUp;
                await Task.Delay(wait, clock, CancellationToken.None);
                deletion = await slack.DeleteMessage(token, channel, ts, CancellationToken.None);
            }

            deletions.Add(deletion);
        }

        _facts = _facts with { Deletions = deletions, LeftBehind = leftBehind };
    }

    private static BlockList Blocks() => [new Section(new PlainText(Words))];

    /// <summary>No post of the ledger has this id: it is chance, and written nowhere.</summary>
    private static PostMarker Marker() => new(new Guid(RandomNumberGenerator.GetBytes(16)));
}
