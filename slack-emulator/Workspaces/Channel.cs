using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Workspaces;

/// <summary>A channel with its messages, and our app's standing in it.</summary>
internal sealed class Channel(Workspace workspace, string id, string name, DateTimeOffset createdAt, string? directWith)
{
    private readonly Dictionary<Ts, StoredMessage> _byTs = [];
    private Ts _last;

    public Workspace Workspace => workspace;

    /// <summary>It can change, when the channel becomes private or shared; the messages stay.</summary>
    public string Id { get; set; } = id;

    public string Name => name;
    public DateTimeOffset CreatedAt => createdAt;

    /// <summary>The person of a direct message; null for a channel.</summary>
    public string? DirectWith => directWith;

    public ChannelStanding Standing { get; set; } = new();

    /// <summary>Shared with other companies (Slack Connect): their people are in it, whom the workspace does not know.</summary>
    public bool IsShared { get; init; }

    /// <summary>People of the workspace who are not in the channel. Everybody else is: the workspace is small.</summary>
    public HashSet<string> Absent { get; } = new(StringComparer.Ordinal);

    /// <summary>People of other companies who did something here.</summary>
    public Dictionary<string, Person> Strangers { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether somebody is in the channel. Whom other companies employ is not known: in a shared channel any id may be one of theirs.</summary>
    public bool Has(string user) =>
        !Absent.Contains(user) && (Workspace.People.ContainsKey(user) ? DirectWith is null || DirectWith == user : IsShared && SlackIds.Person.IsMatch(user));

    /// <summary>Everything ever stored here, in order of <c>ts</c>, which is the order of storage.</summary>
    public List<StoredMessage> Messages { get; } = [];

    public StoredMessage? Find(Ts ts) => _byTs.GetValueOrDefault(ts);

    /// <summary>Later than every <c>ts</c> given out here before, even within one microsecond or after the clock was set back.</summary>
    public Ts NextTs(DateTimeOffset now)
    {
        var ts = Ts.At(now);
        return ts > _last ? ts : new Ts(_last.Micros + 1);
    }

    /// <summary>Spends a <c>ts</c> without a message, as an ephemeral one does.</summary>
    public void Spend(Ts ts) => _last = ts > _last ? ts : _last;

    public void Add(StoredMessage message)
    {
        Spend(message.Ts);
        _byTs.Add(message.Ts, message);
        Messages.Add(message);
        message.Parent?.Replies.Add(message);
    }
}

/// <summary>What decides whether our app can post in a channel.</summary>
internal sealed record ChannelStanding(
    bool IsMember = true, bool IsArchived = false, bool IsReadOnly = false, bool IsThreadOnly = false);
