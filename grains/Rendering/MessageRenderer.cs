using System.Text.Json;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Slack;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Rendering;

/// <summary>Makes Slack messages of what the ledger holds. Pure but for the organization's settings, which come in as values.</summary>
internal sealed class MessageRenderer(Func<OrganizationSettings> settings)
{
    /// <summary>What each activity of a recap gets at least.</summary>
    private const int MinRecapLine = 500;

    /// <summary>Of a whole recap: below what its sections hold, also where each is cut at the end of a line.</summary>
    private const int MaxRecap = 20_000;

    /// <summary>The announcement, showing the group's present state.</summary>
    public RootMessage Root(ThreadWork work, PostMarker marker, bool omitMetadata)
    {
        var issue = GroupMemory.ParseIssue(work.Issue);
        return new RootMessage
        {
            Channel = work.Thread.Channel,
            Text = AnnouncementCard.Text(work.Group.Group, work.State, issue),
            Blocks = AnnouncementCard.Blocks(work.Group.Group, work.State, issue),
            Marker = marker,
            OmitMetadata = omitMetadata,
        };
    }

    /// <summary>One delivery as a reply.</summary>
    public ReplyMessage Reply(ThreadWork work, DeliveryRow delivery, PostMarker marker, bool omitMetadata)
    {
        string text = Line(work, delivery);
        return new ReplyMessage
        {
            Channel = work.Thread.Channel,
            ThreadTs = SlackTs.Parse(work.Thread.Ts ?? throw new InvalidOperationException("A reply needs its thread's ts.")),
            Text = Mrkdwn.Truncate(text, OutgoingMessage.MaxText),
            Blocks = SectionBlocks.Of(text),
            Marker = marker,
            OmitMetadata = omitMetadata,
            Broadcast = delivery.Broadcast,
        };
    }

    /// <summary>Several deliveries as one reply, in order, each as it would stand alone.</summary>
    public ReplyMessage Digest(ThreadWork work, IReadOnlyList<DeliveryRow> deliveries, PostMarker marker, bool omitMetadata)
    {
        var lines = deliveries.Select(delivery => Line(work, delivery)).ToList();
        return new ReplyMessage
        {
            Channel = work.Thread.Channel,
            ThreadTs = SlackTs.Parse(work.Thread.Ts ?? throw new InvalidOperationException("A digest needs its thread's ts.")),
            Text = Mrkdwn.Truncate(string.Join('\n', lines), OutgoingMessage.MaxText),
            Blocks = SectionBlocks.Of(lines),
            Marker = marker,
            OmitMetadata = omitMetadata,
        };
    }

    /// <summary>How long a delivery's text is, in UTF-16 units.</summary>
    public int LengthOf(ThreadWork work, DeliveryRow delivery) => Line(work, delivery).Length;

    /// <summary>What the former thread did not get to show, as one reply: in order, as much as a message holds, and how many more there were.</summary>
    public ReplyMessage Recap(ThreadWork work, PostMarker marker, bool omitMetadata)
    {
        var recap = work.Recap ?? throw new InvalidOperationException("A recap is made of what it tells.");
        var lines = new List<string> { "The former announcement is gone. What was not posted under it:" };
        int length = lines[0].Length;
        int shown = 0;
        int each = Math.Max(MinRecapLine, (MaxRecap / Math.Max(1, recap.Count)) - 10);
        foreach (var told in recap.Told)
        {
            string line = $"• {Mrkdwn.Truncate(Line(work, told), each)}";
            if (length + line.Length + 1 > MaxRecap)
            {
                break;
            }

            lines.Add(line);
            length += line.Length + 1;
            shown++;
        }

        if (recap.Count > shown)
        {
            lines.Add($"… and {recap.Count - shown} more, which are not shown.");
        }

        string text = string.Join('\n', lines);
        return new ReplyMessage
        {
            Channel = work.Thread.Channel,
            ThreadTs = SlackTs.Parse(work.Thread.Ts ?? throw new InvalidOperationException("A recap needs its thread's ts.")),
            Text = text,
            Blocks = SectionBlocks.Of(text),
            Marker = marker,
            OmitMetadata = omitMetadata,
        };
    }

    /// <summary>The parent as it shall look from now on. The marker goes with every edit, else later evidence would be lost.</summary>
    public MessageUpdate Card(ThreadWork work, string ts)
    {
        var issue = GroupMemory.ParseIssue(work.Issue);
        return new MessageUpdate
        {
            Channel = work.Thread.Channel,
            Ts = SlackTs.Parse(ts),
            Text = AnnouncementCard.Text(work.Group.Group, work.State, issue),
            Blocks = AnnouncementCard.Blocks(work.Group.Group, work.State, issue),
            Marker = new PostMarker(work.RootPost ?? throw new InvalidOperationException("Only a root of ours is edited."), work.RootDelivery),
        };
    }

    private string Line(ThreadWork work, DeliveryRow delivery)
    {
        var issue = GroupMemory.ParseIssue(work.Issue);
        string named = ActivityText.Issue(work.Group.Group, issue);
        var activity = delivery.Activity;
        string line;
        if (activity.Kind == "alert")
        {
            line = $"{named} happened again";
        }
        else
        {
            using var data = activity.Data is null ? null : JsonDocument.Parse(activity.Data);
            var actor = activity.Actor is null ? null : JsonSerializer.Deserialize(activity.Actor, GroupJson.Default.Actor);
            line = ActivityText.Of(activity.Type, actor ?? new Actor(ActorTypes.System), data?.RootElement, named, settings().TrackerName);
        }

        return delivery.Late ? $"Late: {line}" : line;
    }
}
