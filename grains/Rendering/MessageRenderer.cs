using System.Text.Json;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Slack;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Rendering;

/// <summary>
/// Makes Slack messages of what the ledger holds. Pure but for the organization's settings, which come in as values. For every
/// input that was accepted there is a message within Slack's limits.
/// </summary>
internal sealed class MessageRenderer(Func<OrganizationSettings> settings)
{
    /// <summary>What each activity of a recap gets at least.</summary>
    private const int MinRecapLine = 70;

    /// <summary>Of a recap: room for its first and its last line.</summary>
    private const int RecapFrame = 150;

    /// <summary>All of a message that is shown <see cref="Fullness.Short"/>.</summary>
    private const int MaxShort = 2000;

    /// <summary>The announcement, showing the group's present state.</summary>
    public RootMessage Root(ThreadWork work, PostMarker marker, bool omitMetadata, Fullness fullness = Fullness.Whole)
    {
        var (text, blocks) = CardOf(work, fullness);
        return new RootMessage { Channel = work.Thread.Channel, Text = text, Blocks = blocks, Marker = marker, OmitMetadata = omitMetadata };
    }

    /// <summary>The parent as it shall look from now on. The marker goes with every edit, else later evidence would be lost.</summary>
    public MessageUpdate Card(ThreadWork work, string ts, Fullness fullness = Fullness.Whole)
    {
        var (text, blocks) = CardOf(work, fullness);
        return new MessageUpdate
        {
            Channel = work.Thread.Channel,
            Ts = SlackTs.Parse(ts),
            Text = text,
            Blocks = blocks,
            Marker = new PostMarker(work.RootPost ?? throw new InvalidOperationException("Only a root of ours is edited."), work.RootDelivery),
        };
    }

    /// <summary>One delivery as a reply.</summary>
    public ReplyMessage Reply(ThreadWork work, DeliveryRow delivery, PostMarker marker, bool omitMetadata, Fullness fullness = Fullness.Whole)
    {
        var sections = Sections(work, delivery, Room(fullness, MessageSections.MaxMessage), fullness);
        var text = MessageSections.Weight(sections) <= OutgoingMessage.MaxText ? sections : Sections(work, delivery, OutgoingMessage.MaxText, fullness);
        return InThread(work, marker, omitMetadata, string.Join('\n', text), sections) with { Broadcast = delivery.Broadcast };
    }

    /// <summary>Several deliveries as one reply, in order: the blocks show each as it would stand alone, the text is terse.</summary>
    public ReplyMessage Digest(ThreadWork work, IReadOnlyList<DeliveryRow> deliveries, PostMarker marker, bool omitMetadata, Fullness fullness = Fullness.Whole)
    {
        var lines = Share(Room(fullness, MessageSections.MaxMessage), (delivery, room) => Sections(work, delivery, room, fullness));
        var terse = Share(Room(fullness, OutgoingMessage.MaxText), (delivery, room) => Terse(work, delivery, room, fullness));
        return InThread(work, marker, omitMetadata, string.Join('\n', terse), MessageSections.Join(lines));

        // Company that was in doubt together stays together, also where its texts have grown since: then each gets its share.
        List<string> Share(int max, Func<DeliveryRow, int, List<string>> render)
        {
            List<string> all = [.. deliveries.SelectMany(delivery => render(delivery, max))];
            return MessageSections.Weight(all) <= max ? all : [.. deliveries.SelectMany(delivery => render(delivery, (max / deliveries.Count) - 1))];
        }
    }

    /// <summary>How long a delivery is as a member of a digest.</summary>
    public RenderedLength LengthOf(ThreadWork work, DeliveryRow delivery) => new(
        MessageSections.Weight(Sections(work, delivery, MessageSections.MaxMessage, Fullness.Whole)),
        MessageSections.Weight(Terse(work, delivery, OutgoingMessage.MaxText, Fullness.Whole)));

    /// <summary>What the former thread did not get to show, as one reply: in order, as much as a message holds, and how many more there were.</summary>
    public ReplyMessage Recap(ThreadWork work, PostMarker marker, bool omitMetadata, Fullness fullness = Fullness.Whole)
    {
        var recap = work.Recap ?? throw new InvalidOperationException("A recap is made of what it tells.");
        var sections = Recap(work, recap, Room(fullness, MessageSections.MaxMessage), fullness);
        return InThread(
            work, marker, omitMetadata, string.Join('\n', Recap(work, recap, Room(fullness, OutgoingMessage.MaxText), fullness)), MessageSections.Join(sections, most: 1));
    }

    private List<string> Recap(ThreadWork work, RecapWork recap, int max, Fullness fullness)
    {
        var lines = new List<string> { "The former announcement is gone. What was not posted under it:" };
        int room = max - RecapFrame;
        int each = Math.Max(MinRecapLine, (room / Math.Max(1, recap.Count)) - 3);
        int shown = 0;
        foreach (var told in recap.Told)
        {
            var sections = Sections(work, told, each, fullness);
            room -= MessageSections.Weight(sections) + 2;
            if (room < 0)
            {
                break;
            }

            sections[0] = $"• {sections[0]}";
            lines.AddRange(sections);
            shown++;
        }

        if (recap.Count > shown)
        {
            lines.Add($"… and {Wording.Number(recap.Count - shown)} more, which are not shown.");
        }

        return lines;
    }

    private static (string Text, BlockList Blocks) CardOf(ThreadWork work, Fullness fullness)
    {
        string group = work.Group.Group;
        if (fullness == Fullness.Bare)
        {
            string bare = $"{Wording.Name(group)} ({work.State.Status})";
            return (bare, AnnouncementCard.PlainBlocks(group, work.State, bare));
        }

        var issue = GroupMemory.ParseIssue(work.Issue);
        string text = AnnouncementCard.Text(group, work.State, issue);
        return (text, fullness == Fullness.Short ? AnnouncementCard.PlainBlocks(group, work.State, text) : AnnouncementCard.Blocks(group, work.State, issue));
    }

    private static ReplyMessage InThread(ThreadWork work, PostMarker marker, bool omitMetadata, string text, IEnumerable<string> sections) => new()
    {
        Channel = work.Thread.Channel,
        ThreadTs = SlackTs.Parse(work.Thread.Ts ?? throw new InvalidOperationException("A reply needs its thread's ts.")),
        Text = text,
        Blocks = MessageSections.Blocks(sections),
        Marker = marker,
        OmitMetadata = omitMetadata,
    };

    private static int Room(Fullness fullness, int whole) => fullness == Fullness.Whole ? whole : MaxShort;

    private List<string> Sections(ThreadWork work, DeliveryRow delivery, int max, Fullness fullness) =>
        MessageSections.Of(Line(work, delivery, max, fullness == Fullness.Whole ? [(Naming.Linked, true), (Naming.Plain, true), (Naming.Short, false)] : [(Naming.Short, false)], fullness), max);

    private List<string> Terse(ThreadWork work, DeliveryRow delivery, int max, Fullness fullness) =>
        MessageSections.Of(Line(work, delivery, max, [(Naming.Short, false)], fullness), max);

    /// <summary>The delivery's line in the first wording for which there is room.</summary>
    private ActivityLine Line(ThreadWork work, DeliveryRow delivery, int max, (Naming Naming, bool Links)[] wordings, Fullness fullness)
    {
        if (fullness == Fullness.Bare)
        {
            return new ActivityLine($"Something happened that cannot be shown here: {Mrkdwn.EscapeLine(delivery.Activity.Type)}");
        }

        int room = Math.Min(max, MessageSections.MaxSection);
        var issue = GroupMemory.ParseIssue(work.Issue);
        var activity = delivery.Activity;
        using var data = activity.Data is null ? null : JsonDocument.Parse(activity.Data);
        var actor = activity.Actor is null ? null : JsonSerializer.Deserialize(activity.Actor, GroupJson.Default.Actor);
        ActivityLine? line = null;
        foreach (var (naming, links) in wordings)
        {
            string named = IssueName.Of(work.Group.Group, issue, naming);
            line = activity.Kind == "alert"
                ? new ActivityLine($"{named} happened again")
                : ActivityText.Of(activity.Type, actor ?? new Actor(ActorTypes.System), data?.RootElement, named, settings().TrackerName, links);
            line = delivery.Late ? line with { Head = $"Late: {line.Head}" } : line;
            if (line.Head.Length <= (line.Note is null ? room : Math.Max(room - 500, room / 2)))
            {
                return line;
            }
        }

        return line! with { Head = Mrkdwn.Truncate(line.Head, room) };
    }
}
