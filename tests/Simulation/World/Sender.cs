using ThreadGrains.Grains.Groups;
using ThreadGrains.Groups;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>
/// A tracker: sends alerts and activities, and sends again with the same id until it has a receipt; sometimes twice at once, and
/// sometimes an id with other content.
/// </summary>
internal sealed class Sender(Simulator simulator, Cluster cluster, ReceiptCheck receipts)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Requests without a final receipt.</summary>
    public int Waiting { get; private set; }

    /// <summary>Plans what is told about one group within the time given.</summary>
    /// <param name="group">The group.</param>
    /// <param name="channels">Where it is announced.</param>
    /// <param name="activities">How much is told.</param>
    /// <param name="within">In which time.</param>
    /// <param name="plain">Everything once, at even distances.</param>
    public void Plan(GroupKey group, IReadOnlyList<ChannelAddress> channels, int activities, TimeSpan within, bool plain)
    {
        Send(TimeSpan.Zero, group, plain, content => Alert(group, $"{group.Group}-alert", content, channels, null));
        for (int i = 0; i < activities; i++)
        {
            string id = $"{group.Group}-{i}";
            string type = simulator.Chance.Next(5) switch
            {
                0 => ActivityTypes.Resolved,
                1 => ActivityTypes.Unresolved,
                2 => ActivityTypes.Assigned,
                _ => ActivityTypes.Note,
            };
            Send(plain ? (i + 1) * within / (activities + 1) : simulator.Chance.NextDouble() * within, group, plain, content => Activity(group, id, type, content));
        }

        if (!plain && simulator.Happens(0.3))
        {
            Send(simulator.Chance.NextDouble() * within, group, plain, content => Alert(group, $"{group.Group}-again", content, channels, simulator.Happens(0.5) ? "rule" : null));
        }
    }

    /// <summary>An id that is used for two groups at once: whichever comes first has it, and the other is told of a conflict.</summary>
    public void PlanTwins(GroupKey one, GroupKey other, TimeSpan at)
    {
        foreach (var group in new[] { one, other })
        {
            Waiting++;
            bool done = false;
            var request = Activity(group, "twin", ActivityTypes.Note, 0);
            simulator.After(at + simulator.Between(0, 5), "the sender sends a twin", () => Try(group, request, _ =>
            {
                Waiting -= done ? 0 : 1;
                done = true;
            }, otherContent: null));
        }
    }

    private void Send(TimeSpan delay, GroupKey group, bool once, Func<int, TurnRequest> make)
    {
        var request = make(0);
        Waiting++;
        bool done = false;
        simulator.After(delay, "the sender sends", () => Try(group, request, receipt =>
        {
            if (done)
            {
                return;
            }

            done = true;
            Waiting--;
            if (!once && receipt.Sequence is not null && simulator.Happens(0.1))
            {
                Waiting++;
                bool refused = false;
                Try(group, make(1), _ =>
                {
                    Waiting -= refused ? 0 : 1;
                    refused = true;
                }, otherContent: true);
            }
        }));
        if (!once && simulator.Happens(0.2))
        {
            Waiting++;
            bool second = false;
            simulator.After(delay + simulator.Between(0, 3_000), "the sender sends again", () => Try(group, request, _ =>
            {
                Waiting -= second ? 0 : 1;
                second = true;
            }));
        }
    }

    private void Try(GroupKey group, TurnRequest request, Action<AcceptReceipt> final, bool? otherContent = false)
    {
        bool answered = false;
        cluster.Call(group, "accept", async activation => ((TurnAnswer.Accept)(await activation.Owner.Take([request]))[0]).Receipt, receipt =>
        {
            receipts.Told(receipt, otherContent);
            if (ReceiptCheck.IsFinal(receipt))
            {
                answered = true;
                final(receipt);
            }
        });
        simulator.After(Timeout, "the sender waits no longer", () =>
        {
            if (!answered)
            {
                answered = true;
                Try(group, request, final, otherContent);
            }
        });
    }

    private static TurnRequest.AlertTold Alert(GroupKey group, string id, int content, IReadOnlyList<ChannelAddress> channels, string? rule)
    {
        var alert = new Alert(id, new IssueFacts(Title: $"Title {content} of {group.Group}"), rule, Channels: channels);
        return new TurnRequest.AlertTold(alert, ContentHash.Of(group.Group, alert));
    }

    /// <summary>One activity as the tracker tells it.</summary>
    public static TurnRequest.ActivityTold Activity(GroupKey group, string id, string type, int content)
    {
        string? data = type switch
        {
            ActivityTypes.Note => $$"""{"text":"{{id}} {{content}}"}""",
            ActivityTypes.Assigned => $$"""{"assignee":"{{id}} {{content}}","assigneeType":"user"}""",
            _ => null,
        };
        var activity = new Activity(id, type, new Actor(ActorTypes.User, $"u{content}", "Ada"), data);
        return new TurnRequest.ActivityTold(activity, ContentHash.Of(group.Group, activity));
    }
}
