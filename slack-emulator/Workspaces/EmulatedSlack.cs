using ThreadGrains.SlackEmulator.Hosting;
using ThreadGrains.SlackEmulator.Inspection;
using ThreadGrains.SlackEmulator.Interactions;
using ThreadGrains.SlackEmulator.Journaling;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Workspaces;

/// <summary>
/// Everything that Slack knows: workspaces, people, channels, messages. One lock makes each call one step of a state machine;
/// what changes is an entry of the journal first, applied here and nowhere else. Read and change it only inside <see cref="Do{T}"/>.
/// </summary>
internal sealed class EmulatedSlack : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly EmulatorOptions _options;
    private readonly LiveStream _stream;
    private readonly EventFeed _events;
    private readonly Dictionary<string, Workspace> _workspaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Workspace> _byToken = new(StringComparer.Ordinal);
    private readonly Journal _journal;

    /// <exception cref="IOException">The data folder cannot be used.</exception>
    /// <exception cref="InvalidDataException">Its log is damaged.</exception>
    public EmulatedSlack(EmulatorOptions options, LiveStream stream, EventFeed events, TimeProvider clock)
    {
        (_options, _stream, _events, Clock) = (options, stream, events, clock);
        _journal = Journal.Open(options.Data, entry => Apply(entry));
        if (!_workspaces.ContainsKey(options.Team)) WorkspaceSeed.Plant(this, options.Team, options.Channel, options.User);
    }

    public TimeProvider Clock { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Every message ever stored, in order of storage.</summary>
    public List<StoredMessage> Messages { get; } = [];

    public List<Ephemeral> Ephemerals { get; } = [];

    public IEnumerable<Workspace> Workspaces => _workspaces.Values;

    public T Do<T>(Func<T> step)
    {
        lock (_gate) return step();
    }

    /// <summary>Ends when everything done so far is on the disk. Every answer waits for it, so nothing that was seen is ever taken back.</summary>
    public Task Durable() => _journal.Durable();

    public Workspace? ByTeam(string team) => _workspaces.GetValueOrDefault(team);

    public Workspace? ByToken(string token) => _byToken.GetValueOrDefault(token);

    /// <summary>The workspace of that id; an unknown one comes into being with its people and channels.</summary>
    public Workspace WorkspaceOf(string team)
    {
        if (ByTeam(team) is null) WorkspaceSeed.Plant(this, team, channel: null, user: null);
        return _workspaces[team];
    }

    /// <summary>Somebody of that id; an unknown id becomes a member, so that a test may invent people.</summary>
    public Person PersonOf(Workspace workspace, string user)
    {
        if (!workspace.People.ContainsKey(user))
            Record(new JournalEntry.PersonJoined(workspace.Team, user, "member." + user.ToLowerInvariant(), "Member " + user));
        return workspace.People[user];
    }

    /// <summary>Makes a fact: into the log, into the state, and out to whoever is watching and to the app.</summary>
    public void Record(JournalEntry entry)
    {
        _journal.Append(entry);
        var before = entry is JournalEntry.ChannelChanged changed ? _workspaces[entry.Team].Channels[changed.Channel].Standing : null;
        var happening = Apply(entry);
        var durable = _journal.Durable();
        _stream.Tell(happening, durable);
        _events.Tell(_workspaces[entry.Team], entry, before, durable);
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private Happening? Apply(JournalEntry entry)
    {
        if (entry is JournalEntry.WorkspaceCreated)
        {
            Create(entry.Team);
            return null;
        }

        var workspace = _workspaces[entry.Team];
        switch (entry)
        {
            case JournalEntry.PersonJoined joined:
                workspace.People[joined.User] = new Person(joined.User, joined.Name, joined.RealName);
                return null;

            case JournalEntry.ChannelCreated created:
                workspace.Channels.Add(created.Channel, new Channel(workspace, created.Channel, created.Name, created.At, created.DirectWith)
                {
                    Standing = new ChannelStanding(created.IsMember),
                    IsShared = created.IsShared,
                });
                return new Happening.ToChannel(entry.Team, created.Channel);

            case JournalEntry.ChannelIdChanged anew:
                workspace.Channels.Remove(anew.Channel, out var same);
                same!.Id = anew.NewId;
                workspace.Channels.Add(anew.NewId, same);
                return new Happening.ToChannel(entry.Team, anew.NewId);

            case JournalEntry.MemberMoved moved:
                var absent = workspace.Channels[moved.Channel].Absent;
                if (moved.IsIn) absent.Remove(moved.User);
                else absent.Add(moved.User);
                return new Happening.ToChannel(entry.Team, moved.Channel);

            case JournalEntry.StrangerMet met:
                workspace.Channels[met.Channel].Strangers[met.User] =
                    new Person(met.User, "stranger." + met.User.ToLowerInvariant(), "Stranger " + met.User, met.TheirTeam);
                return null;

            case JournalEntry.ChannelChanged changed:
                workspace.Channels[changed.Channel].Standing = changed.Standing;
                return new Happening.ToChannel(entry.Team, changed.Channel);

            case JournalEntry.Posted posted:
                return new Happening.ToMessage("message", Store(workspace.Channels[posted.Channel], posted));

            case JournalEntry.Edited edited:
                var message = workspace.Channels[edited.Channel].Find(edited.Ts)!;
                message.Text = edited.Content.Text;
                message.Blocks = edited.Content.Blocks;
                message.Attachments = edited.Content.Attachments;
                message.Metadata = edited.Content.Metadata;
                message.Edits.Add(new Edit(edited.At, edited.Content.Text));
                return new Happening.ToMessage("edit", message);

            case JournalEntry.Deleted deleted:
                var gone = workspace.Channels[deleted.Channel].Find(deleted.Ts)!;
                gone.Deleted = true;
                return new Happening.ToMessage("delete", gone);

            case JournalEntry.EphemeralShown shown:
                var ephemeral = new Ephemeral(
                    shown.Team, shown.Channel, shown.User, shown.Ts, shown.ThreadTs, shown.Content.Text, shown.Content.Blocks, shown.At);
                workspace.Channels[shown.Channel].Spend(shown.Ts);
                Ephemerals.Add(ephemeral);
                return new Happening.ToPerson(ephemeral);

            default:
                throw new InvalidOperationException("no rule for " + entry.GetType().Name);
        }
    }

    private StoredMessage Store(Channel channel, JournalEntry.Posted posted)
    {
        var message = new StoredMessage
        {
            Channel = channel,
            Ts = posted.Ts,
            StoredAt = posted.At,
            User = posted.User,
            BotId = posted.BotId,
            Parent = posted.ThreadTs is { } parent ? channel.Find(parent) : null,
            Text = posted.Content.Text,
            Blocks = posted.Content.Blocks,
            Attachments = posted.Content.Attachments,
            Metadata = posted.Content.Metadata,
            Username = posted.Content.Username,
            Icon = posted.Content.Icon,
            Broadcast = posted.Broadcast,
            HiddenUntil = posted.HiddenUntil,
        };
        channel.Add(message);
        Messages.Add(message);
        return message;
    }

    private void Create(string team)
    {
        // Tokens come from the options or from the team's id, never from the log: a folder can be handed on without them.
        var seeded = team == _options.Team;
        var app = new InstalledApp(_options.AppId, _options.AppName, SlackIds.Derive("U", "bot of " + team), SlackIds.Derive("B", "bot of " + team));
        var workspace = new Workspace(
            team,
            seeded ? "Harbour Works" : "Workspace " + team,
            seeded ? "harbour-works" : team.ToLowerInvariant(),
            seeded ? _options.BotToken : SlackIds.BotToken(team),
            app);
        _workspaces.Add(team, workspace);
        _byToken[workspace.BotToken] = workspace;
    }
}
