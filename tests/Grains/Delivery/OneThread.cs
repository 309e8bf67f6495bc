using ThreadGrains.Grains.Channels;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>Slack with one thread to be read, page by page; nothing else is asked of it here.</summary>
internal sealed class OneThread(IReadOnlyList<IReadOnlyList<ReadMessage>> pages) : IThreadSlack
{
    public bool HistoryWasRead { get; private set; }

    /// <summary>What stands in the channel; null: the same pages.</summary>
    public IReadOnlyList<ReadMessage>? Channel { get; init; }

    /// <summary>What Slack says in place of the pages that are asked for next; null or none: nothing, it gives the page.</summary>
    public Queue<CallOutcome<MessagePage>?> Instead { get; } = [];

    /// <summary>The pages that were read, by number.</summary>
    public List<int> Read { get; } = [];

    public Task<CallOutcome<MessagePage>> Replies(string channel, SlackTs parent, SlackTs? oldest, string? cursor, CancellationToken cancellation) => Page(cursor);

    public Task<CallOutcome<MessagePage>> History(string channel, SlackTs? oldest, SlackTs? latest, bool inclusive, string? cursor, CancellationToken cancellation)
    {
        HistoryWasRead = true;
        return Channel is null ? Page(cursor) : Task.FromResult<CallOutcome<MessagePage>>(new CallOutcome<MessagePage>.Ok(new MessagePage(Channel, null, false), SlackHeaders.None));
    }

    public Task<Func<ReadMessage, bool>?> RecognizeOwn(CancellationToken cancellation) =>
        Task.FromResult<Func<ReadMessage, bool>?>(message => message.BotId == "B-ours");

    public SendWindow OpenWindow() => throw new NotSupportedException();

    public Task<PostOutcome> PostRoot(RootMessage message, SendWindow window, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<PostOutcome> PostReply(ReplyMessage message, SendWindow window, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<CallOutcome<UpdatedMessage>> Update(MessageUpdate update, SendWindow window, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<CallOutcome<DeletedMessage>> Delete(string channel, SlackTs ts, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<CallOutcome<SlackChannel>> Join(string channel, CancellationToken cancellation) => throw new NotSupportedException();

    private Task<CallOutcome<MessagePage>> Page(string? cursor)
    {
        int page = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
        if (Instead.TryDequeue(out var trouble) && trouble is not null)
        {
            return Task.FromResult(trouble);
        }

        Read.Add(page);
        bool more = page + 1 < pages.Count;
        return Task.FromResult<CallOutcome<MessagePage>>(new CallOutcome<MessagePage>.Ok(new MessagePage(pages[page], more ? $"{page + 1}" : null, more), SlackHeaders.None));
    }
}

/// <summary>Lanes of which only reads are wanted, of which there are so many.</summary>
internal sealed class ReadLanes(int reads) : ILanes
{
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    public int Left { get; set; } = reads;

    public List<ReadRank> Asked { get; } = [];

    /// <summary>What it was told of limits.</summary>
    public List<TimeSpan?> Limits { get; } = [];

    public Task<PermitAnswer> ForPost(Guid thread) => throw new NotSupportedException();

    public Task<PermitAnswer> ForRead(Guid thread, ReadRank rank)
    {
        Asked.Add(rank);
        return Task.FromResult<PermitAnswer>(Left-- > 0 ? new PermitAnswer.Granted(DateTimeOffset.MaxValue) : new PermitAnswer.NotBefore(Given.Now + Wait));
    }

    public Task<PermitAnswer> ForEdit(Guid thread) => throw new NotSupportedException();

    public Task Report(Guid thread, LaneReport report) => throw new NotSupportedException();

    public Task ChannelSaid(string? error) => throw new NotSupportedException();

    public Task Throttled(bool edit, TimeSpan? retryAfter)
    {
        Limits.Add(retryAfter);
        return Task.CompletedTask;
    }
}
