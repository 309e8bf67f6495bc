using System.Globalization;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>What a post asks for.</summary>
internal sealed record PostWish(
    string Text, JsonArray? Blocks, JsonObject? Metadata, string? ThreadTs, bool Broadcast, string? User, string? BotId, TimeSpan Hidden);

/// <summary>Workspaces, channels and messages, with Slack's rules of threads. One lock: what happens has one order.</summary>
internal sealed class Store
{
    private static readonly string[] Names = ["On-call engineer", "Release captain", "Support lead"];

    private readonly Lock _lock = new();
    private readonly MessageLog _log;
    private readonly Happenings _happenings;
    private readonly EmulatorOptions _options;
    private readonly Dictionary<string, Workspace> _teams = [];
    private readonly List<Ephemeral> _ephemerals = [];
    private int _channels;

    public Store(EmulatorOptions options, MessageLog log, Happenings happenings)
    {
        _options = options;
        _log = log;
        _happenings = happenings;
        var home = MakeTeam(options.Team, "Example workspace", options.BotToken);
        home.People.Add(new Person(options.User, "on.call", Names[0]));
        AddChannel(home, options.Channel, "alerts", member: true);
        AddChannel(home, "C0GENERAL1", "general", member: false);
        AddChannel(home, "C0RANDOM01", "random", member: false);
        foreach (var entry in log.Replay())
        {
            Apply(entry);
        }
    }

    public IReadOnlyList<Workspace> Teams
    {
        get
        {
            lock (_lock)
            {
                return [.. _teams.Values];
            }
        }
    }

    public string AppId => _options.AppId;

    public T Read<T>(Func<T> look)
    {
        lock (_lock)
        {
            return look();
        }
    }

    public Workspace? TeamOfToken(string token)
    {
        lock (_lock)
        {
            return _teams.Values.FirstOrDefault(team => team.BotToken == token);
        }
    }

    public Workspace? Team(string? id)
    {
        lock (_lock)
        {
            return id is not null && _teams.TryGetValue(id, out var team) ? team : null;
        }
    }

    /// <summary>Finds a channel in any workspace: people's own actions name only the channel.</summary>
    public (Workspace Team, Channel Channel)? Find(string channel)
    {
        lock (_lock)
        {
            foreach (var team in _teams.Values)
            {
                if (team.Channels.TryGetValue(channel, out var found))
                {
                    return (team, found);
                }
            }

            return null;
        }
    }

    public async Task<IReadOnlyList<string>> MakeChannels(string team, int count, string? name)
    {
        var made = new List<string>();
        Task written = Task.CompletedTask;
        lock (_lock)
        {
            for (int i = 0; i < count; i++)
            {
                _channels++;
                string id = string.Create(CultureInfo.InvariantCulture, $"C0MADE{_channels:d5}");
                var entry = new JsonObject { ["kind"] = "channel", ["team"] = team, ["id"] = id, ["name"] = name ?? string.Create(CultureInfo.InvariantCulture, $"channel-{_channels}") };
                Apply(entry);
                written = _log.Append(entry);
                made.Add(id);
            }
        }

        await written;
        _happenings.Tell(new JsonObject { ["kind"] = "channel", ["team"] = team });
        return made;
    }

    public async Task Set(string channel, bool? archived, bool? member)
    {
        Task written;
        lock (_lock)
        {
            var entry = new JsonObject { ["kind"] = "channel_state", ["id"] = channel };
            if (archived is { } a)
            {
                entry["archived"] = a;
            }

            if (member is { } m)
            {
                entry["member"] = m;
            }

            Apply(entry);
            written = _log.Append(entry);
        }

        await written;
        _happenings.Tell(new JsonObject { ["kind"] = "channel", ["channel"] = channel });
    }

    /// <summary>Stores a message; returns once it is on disk.</summary>
    public async Task<Message> Post(Workspace team, Channel channel, PostWish wish)
    {
        Message message;
        Task written;
        lock (_lock)
        {
            var now = DateTimeOffset.UtcNow;
            long micros = Math.Max(channel.LastMicros + 1, (now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / 10);
            var entry = new JsonObject
            {
                ["kind"] = "post", ["team"] = team.Team, ["channel"] = channel.Id,
                ["ts"] = string.Create(CultureInfo.InvariantCulture, $"{micros / 1_000_000}.{micros % 1_000_000:000000}"),
                ["thread_ts"] = ThreadOf(channel, wish.ThreadTs), ["user"] = wish.User, ["bot_id"] = wish.BotId, ["text"] = wish.Text,
                ["blocks"] = wish.Blocks?.DeepClone(), ["metadata"] = wish.Metadata?.DeepClone(), ["broadcast"] = wish.Broadcast, ["at"] = now.ToString("O", CultureInfo.InvariantCulture),
            };
            message = Apply(entry)!;
            message.HiddenUntil = now + wish.Hidden;
            written = _log.Append(entry);
        }

        await written;
        _happenings.Tell("message", message);
        return message;
    }

    public async Task Update(Message message, string text, JsonArray? blocks, JsonObject? metadata)
    {
        Task written;
        lock (_lock)
        {
            var entry = new JsonObject
            {
                ["kind"] = "edit", ["channel"] = message.Channel, ["ts"] = message.Ts, ["text"] = text, ["blocks"] = blocks?.DeepClone(),
                ["metadata"] = metadata?.DeepClone(), ["at"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            };
            Apply(entry);
            written = _log.Append(entry);
        }

        await written;
        _happenings.Tell("edit", message);
    }

    public async Task Delete(Message message)
    {
        Task written;
        lock (_lock)
        {
            var entry = new JsonObject { ["kind"] = "delete", ["channel"] = message.Channel, ["ts"] = message.Ts };
            Apply(entry);
            written = _log.Append(entry);
        }

        await written;
        _happenings.Tell("delete", message);
    }

    public void Whisper(Ephemeral ephemeral)
    {
        lock (_lock)
        {
            _ephemerals.Add(ephemeral);
        }

        _happenings.Tell(ephemeral);
    }

    public IReadOnlyList<Ephemeral> Ephemerals(string? team, string? channel, string? user)
    {
        lock (_lock)
        {
            return [.. _ephemerals.Where(e => (team is null || e.Team == team) && (channel is null || e.Channel == channel) && (user is null || e.User == user))];
        }
    }

    /// <summary>
    /// Where a reply really goes (contract 12): under the parent's parent if a reply was named, under a tombstone too;
    /// into the channel itself, silently, if the parent was deleted childless or never was.
    /// </summary>
    private static string? ThreadOf(Channel channel, string? asked) =>
        asked is null || !channel.ByTs.TryGetValue(asked, out var parent) ? null
        : parent.IsReply ? ThreadOf(channel, parent.ThreadTs)
        : parent.Deleted && parent.Replies.Count == 0 ? null
        : parent.Ts;

    private Message? Apply(JsonObject entry)
    {
        string kind = (string)entry["kind"]!;
        switch (kind)
        {
            case "channel":
                string teamId = (string)entry["team"]!;
                if (!_teams.TryGetValue(teamId, out var owner))
                {
                    owner = MakeTeam(teamId, $"Workspace {teamId}", $"xoxb-emulator-{teamId}");
                    owner.People.Add(new Person("U0PERSON01", "on.call", Names[0]));
                }

                AddChannel(owner, (string)entry["id"]!, (string)entry["name"]!, member: true);
                _channels = Math.Max(_channels, owner.Channels.Count);
                return null;
            case "channel_state":
                if (Find((string)entry["id"]!) is { } stated)
                {
                    stated.Channel.IsArchived = (bool?)entry["archived"] ?? stated.Channel.IsArchived;
                    stated.Channel.IsMember = (bool?)entry["member"] ?? stated.Channel.IsMember;
                }

                return null;
            case "post":
                var (_, channel) = Find((string)entry["channel"]!)!.Value;
                var message = new Message
                {
                    Team = (string)entry["team"]!, Channel = channel.Id, Ts = (string)entry["ts"]!, ThreadTs = (string?)entry["thread_ts"],
                    User = (string?)entry["user"], BotId = (string?)entry["bot_id"], Text = (string)entry["text"]!,
                    Blocks = entry["blocks"]?.DeepClone().AsArray(), Metadata = entry["metadata"]?.DeepClone().AsObject(),
                    Broadcast = (bool?)entry["broadcast"] ?? false,
                    StoredAt = DateTimeOffset.Parse((string)entry["at"]!, CultureInfo.InvariantCulture),
                };
                channel.Messages.Add(message);
                channel.ByTs[message.Ts] = message;
                channel.LastMicros = long.Parse(message.Ts.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
                if (message.ThreadTs is { } parent)
                {
                    channel.ByTs[parent].Replies.Add(message);
                }

                return message;
            case "edit":
                var edited = Find((string)entry["channel"]!)!.Value.Channel.ByTs[(string)entry["ts"]!];
                edited.Edits.Add(new Edit(DateTimeOffset.Parse((string)entry["at"]!, CultureInfo.InvariantCulture), edited.Text));
                edited.Text = (string)entry["text"]!;
                edited.Blocks = entry["blocks"]?.DeepClone().AsArray() ?? edited.Blocks;
                edited.Metadata = entry["metadata"]?.DeepClone().AsObject() ?? edited.Metadata;
                return edited;
            case "delete":
                var home = Find((string)entry["channel"]!)!.Value.Channel;
                var deleted = home.ByTs[(string)entry["ts"]!];
                deleted.Deleted = true;
                if (deleted.ThreadTs is { } thread)
                {
                    home.ByTs[thread].Replies.Remove(deleted);
                }

                return deleted;
            default:
                throw new InvalidDataException($"The log holds an entry of kind '{kind}', which this version does not know.");
        }
    }

    private Workspace MakeTeam(string id, string name, string token)
    {
        var team = new Workspace { Team = id, Name = name, BotToken = token, BotUser = $"U0BOT{id[1..]}", BotId = $"B0BOT{id[1..]}" };
        team.People.Add(new Person(team.BotUser, "threadgrains", "ThreadGrains"));
        team.People.Add(new Person("U0PERSON02", "release", Names[1]));
        team.People.Add(new Person("U0PERSON03", "support", Names[2]));
        _teams[id] = team;
        return team;
    }

    private static void AddChannel(Workspace team, string id, string name, bool member) =>
        team.Channels.TryAdd(id, new Channel { Id = id, Name = name, IsMember = member });
}
