using System.Text.Json;
using ThreadGrains.Groups;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Simulation.Slack;

/// <summary>A message that Slack has stored, with what only the checkers know of it.</summary>
internal sealed class StoredMessage
{
    public required ChannelAddress Place { get; init; }

    public required SlackTs Ts { get; init; }

    /// <summary>The thread that it really is in; null: it stands in the channel.</summary>
    public required string? ThreadTs { get; init; }

    /// <summary>The thread that was asked for.</summary>
    public required string? AskedFor { get; init; }

    /// <summary>The post that its marker names.</summary>
    public required Guid Post { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Its blocks' ids and metadata, as it is read back.</summary>
    public required string Marker { get; init; }

    public string Text { get; set; } = "";

    public bool IsDeleted { get; set; }

    /// <summary>A person deleted it, not we.</summary>
    public bool DeletedByPerson { get; set; }

    /// <summary>Reads do not show it before.</summary>
    public DateTimeOffset HiddenUntil { get; set; }

    /// <summary>How many reads it was hidden from.</summary>
    public int HiddenFrom { get; set; }

    /// <summary>Why it may be a second copy, or out of its order, for a while (model README, section 3); null: it may not.</summary>
    public string? Licence { get; set; }

    /// <summary>The product was in a position to know of it: its place was written to the ledger, or a verification had it before its eyes.</summary>
    public bool WasTold { get; set; }

    public override string ToString() => $"{Place.Channel}/{Ts} in {ThreadTs ?? "the channel"}, post {Post}{(IsDeleted ? ", deleted" : "")}{(Licence is null ? "" : $", {Licence}")}{(HiddenFrom == 0 ? "" : $", hidden from {HiddenFrom} reads")}";
}

/// <summary>What Slack answers.</summary>
internal readonly record struct Served(int Status, string Body, string? RetryAfter = null)
{
    public static Served Error(string code) => new(200, $$"""{"ok":false,"error":"{{code}}"}""");
}

/// <summary>
/// Slack's own rules, as far as deliveries depend on them: a reply to a parent that is gone lands in the channel and is called
/// ok; a deleted parent with replies leaves a tombstone; reads come in pages. What is stored stays known to the checkers.
/// </summary>
internal sealed class FakeSlack(Simulator simulator)
{
    private const string OurBot = "B1";

    private readonly Dictionary<ChannelAddress, List<StoredMessage>> _channels = [];
    private readonly HashSet<ChannelAddress> _archived = [];
    private long _lastTs;

    public IEnumerable<StoredMessage> Messages => _channels.Values.SelectMany(messages => messages);

    /// <summary>Told of each message as it is stored.</summary>
    public Action<StoredMessage>? Stored { get; set; }

    /// <summary>A person archives the channel, or opens it again.</summary>
    public void Archive(ChannelAddress channel, bool archived)
    {
        if (archived)
        {
            _archived.Add(channel);
        }
        else
        {
            _archived.Remove(channel);
        }
    }

    public StoredMessage? Find(ChannelAddress channel, string ts) =>
        _channels.TryGetValue(channel, out var messages) ? messages.FirstOrDefault(message => message.Ts.ToString() == ts) : null;

    /// <summary>chat.postMessage.</summary>
    public Served Post(string workspace, ReadOnlyMemory<byte> body, string? licence)
    {
        using var request = JsonDocument.Parse(body);
        var root = request.RootElement;
        var channel = new ChannelAddress(workspace, root.GetProperty("channel").GetString()!);
        if (_archived.Contains(channel))
        {
            return Served.Error("is_archived");
        }

        string? asked = root.TryGetProperty("thread_ts", out var thread) ? thread.GetString() : null;
        bool parentStands = asked is not null && Find(channel, asked) is { IsDeleted: false };
        var marker = PostMarker.FromMessage(root) ?? throw new BrokenPromise("marker", "A message without our marker.");
        var stored = new StoredMessage
        {
            Place = channel,
            Ts = NextTs(),
            ThreadTs = parentStands ? asked : null,
            AskedFor = asked,
            Post = marker.Post,
            At = simulator.Now,
            Marker = Markers(root),
            Text = root.GetProperty("text").GetString()!,
            Licence = licence,
        };
        Of(channel).Add(stored);
        if (simulator.History.IsRead)
        {
            simulator.History.Told(simulator.Now, $"stored {stored}");
        }

        Stored?.Invoke(stored);
        return new Served(200, $$"""{"ok":true,"channel":"{{channel.Channel}}","ts":"{{stored.Ts}}","message":{{Json(stored)}}}""");
    }

    /// <summary>chat.update.</summary>
    public Served Update(string workspace, ReadOnlyMemory<byte> body)
    {
        using var request = JsonDocument.Parse(body);
        var root = request.RootElement;
        var channel = new ChannelAddress(workspace, root.GetProperty("channel").GetString()!);
        string ts = root.GetProperty("ts").GetString()!;
        if (_archived.Contains(channel))
        {
            return Served.Error("is_archived");
        }

        if (Find(channel, ts) is not { IsDeleted: false } message)
        {
            return Served.Error("message_not_found");
        }

        message.Text = root.GetProperty("text").GetString()!;
        return new Served(200, $$"""{"ok":true,"channel":"{{channel.Channel}}","ts":"{{ts}}"}""");
    }

    /// <summary>chat.delete, by the app or by a person.</summary>
    public Served Delete(ChannelAddress channel, string ts, bool byPerson)
    {
        if (_archived.Contains(channel) && !byPerson)
        {
            return Served.Error("is_archived");
        }

        if (Find(channel, ts) is not { IsDeleted: false } message)
        {
            return Served.Error("message_not_found");
        }

        message.IsDeleted = true;
        message.DeletedByPerson = byPerson;
        return new Served(200, """{"ok":true}""");
    }

    /// <summary>conversations.replies: the parent first, then oldest first.</summary>
    public Served Replies(ChannelAddress channel, string parentTs, string? oldest, string? cursor, int pageSize)
    {
        if (Find(channel, parentTs) is not { } parent)
        {
            return Served.Error("thread_not_found");
        }

        var replies = Of(channel).Where(message => message.ThreadTs == parentTs && !message.IsDeleted).OrderBy(message => message.Ts).ToList();
        if (parent.IsDeleted && replies.Count == 0)
        {
            return Served.Error("thread_not_found");
        }

        var wanted = replies.Where(message => IsAfter(message, oldest)).ToList();
        var page = Page(wanted.Where(message => cursor is null || message.Ts > SlackTs.Parse(cursor)), pageSize, out string? next);
        string first = cursor is null ? $"{(parent.IsDeleted ? Tombstone(parentTs) : Json(parent))}{(page.Count > 0 ? "," : "")}" : "";
        return Pages(first + string.Join(',', page.Select(Json)), next);
    }

    /// <summary>conversations.history: newest first, no replies.</summary>
    public Served History(ChannelAddress channel, string? oldest, string? cursor, int pageSize)
    {
        var wanted = Of(channel).Where(message => message.ThreadTs is null && !message.IsDeleted && IsAfter(message, oldest)).OrderByDescending(message => message.Ts);
        var page = Page(wanted.Where(message => cursor is null || message.Ts < SlackTs.Parse(cursor)), pageSize, out string? next);
        return Pages(string.Join(',', page.Select(Json)), next);
    }

    private List<StoredMessage> Of(ChannelAddress channel)
    {
        if (!_channels.TryGetValue(channel, out var messages))
        {
            _channels[channel] = messages = [];
        }

        return messages;
    }

    private static bool IsAfter(StoredMessage message, string? oldest) => oldest is null || message.Ts > SlackTs.Parse(oldest);

    private static bool IsBetween(StoredMessage one, StoredMessage message, StoredMessage other) =>
        Math.Sign(message.Ts.CompareTo(one.Ts)) == Math.Sign(other.Ts.CompareTo(message.Ts));

    private List<StoredMessage> Page(IEnumerable<StoredMessage> rest, int size, out string? next)
    {
        var page = new List<StoredMessage>();
        var hidden = new List<StoredMessage>();
        next = null;
        foreach (var message in rest)
        {
            if (message.HiddenUntil > simulator.Now)
            {
                hidden.Add(message);
                continue;
            }

            if (page.Count == size)
            {
                // What would stand at the beginning of the next page is hidden from that one.
                next = page[^1].Ts.ToString();
                hidden.RemoveAll(one => IsBetween(page[^1], one, message));
                break;
            }

            page.Add(message);
        }

        hidden.ForEach(message => message.HiddenFrom++);
        return page;
    }

    private static Served Pages(string messages, string? next) => new(
        200, $$$"""{"ok":true,"messages":[{{{messages}}}],"has_more":{{{(next is null ? "false" : "true")}}},"response_metadata":{"next_cursor":"{{{next}}}"}}""");

    private static string Json(StoredMessage message) =>
        $$"""{"type":"message","ts":"{{message.Ts}}","bot_id":"{{OurBot}}",{{(message.ThreadTs is { } thread ? $"\"thread_ts\":\"{thread}\"," : "")}}"text":"",{{message.Marker}}}""";

    private static string Tombstone(string ts) => $$"""{"type":"message","subtype":"tombstone","ts":"{{ts}}","thread_ts":"{{ts}}","text":""}""";

    private static string Markers(JsonElement message)
    {
        string? block = message.TryGetProperty("blocks", out var blocks) && blocks.GetArrayLength() > 0 && blocks[0].TryGetProperty("block_id", out var id) ? id.GetString() : null;
        string metadata = message.TryGetProperty("metadata", out var given) ? $",\"metadata\":{given.GetRawText()}" : "";
        return $$"""
            "blocks":[{"type":"section","block_id":"{{block}}"}]{{metadata}}
            """;
    }

    private SlackTs NextTs()
    {
        // Slack's clock is not ours: a second and a half ahead.
        long now = (simulator.Now.AddSeconds(1.5).UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        _lastTs = Math.Max(now, _lastTs + 1);
        return SlackTs.FromTime(DateTimeOffset.UnixEpoch.AddTicks(_lastTs * TimeSpan.TicksPerMicrosecond));
    }
}
