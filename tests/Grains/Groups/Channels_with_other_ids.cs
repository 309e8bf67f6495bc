using CsCheck;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Tests.Groups;

/// <summary>Which channel is meant by an id that Slack has replaced.</summary>
public class Channels_with_other_ids
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private static ChannelMove Move(string old, string anew, int at, string workspace = "T1") => new(workspace, old, anew, Noon.AddSeconds(at));

    private static string Now(IReadOnlyList<ChannelMove> moves, string channel, string workspace = "T1") => moves.Now(new ChannelAddress(workspace, channel)).Channel;

    [Fact]
    public void An_old_id_leads_to_the_newest_one_and_only_in_its_workspace()
    {
        IReadOnlyList<ChannelMove> moves = [];
        moves = moves.With(Move("A", "B", 1))!;
        moves = moves.With(Move("B", "C", 2))!;
        Assert.Equal(["C", "C", "C", "A"], [Now(moves, "A"), Now(moves, "B"), Now(moves, "C"), Now(moves, "A", "T2")]);

        moves = moves.With(Move("C", "A", 3))!;
        Assert.Equal(["A", "A", "A"], [Now(moves, "A"), Now(moves, "B"), Now(moves, "C")]);
    }

    [Fact]
    public void An_older_move_undoes_no_newer_one()
    {
        IReadOnlyList<ChannelMove> moves = [];
        moves = moves.With(Move("A", "B", 1))!;
        moves = moves.With(Move("B", "A", 2))!;
        Assert.Null(moves.With(Move("A", "B", 1)));
        Assert.Equal("A", Now(moves, "B"));
    }

    [Fact]
    public void Whatever_moves_come_in_their_order_every_former_id_leads_to_where_its_channel_is() =>
        Gen.Int[0, 5].Array[0, 20].Sample(targets =>
        {
            IReadOnlyList<ChannelMove> moves = [];
            string current = "C9";
            var former = new HashSet<string> { current };
            for (int i = 0; i < targets.Length; i++)
            {
                string next = $"C{targets[i]}";
                if (next == current)
                {
                    continue;
                }

                moves = moves.With(Move(current, next, i)) ?? throw new InvalidOperationException("refused");
                // The same again, and every former one again, change nothing.
                Assert.All(moves, known => Assert.Equal(next, Now(moves, known.Old)));
                current = next;
                former.Add(next);
                Assert.All(former, id => Assert.Equal(current, Now(moves, id)));
            }
        });

    [Fact]
    public void Settings_and_alerts_that_name_the_old_id_mean_the_new_one()
    {
        var settings = new OrganizationSettings(
            ["T1"], new ChannelAddress("T1", "A"),
            Policy: new PostingPolicy([new PostingRule(PostingMode.Silent, Workspace: "T1", Channel: "A"), new PostingRule(PostingMode.Thread)]),
            Routes: [new AlertRoute("r", [new ChannelAddress("T1", "A"), new ChannelAddress("T1", "B")])], Moves: [Move("A", "B", 1)]).Applied();
        var b = new ChannelAddress("T1", "B");
        Assert.Equal(b, settings.DefaultChannel);
        Assert.Equal(PostingMode.Silent, settings.Policy!.ModeOf(b, ActivityTypes.Note));
        Assert.Equal([b], settings.Routes![0].Channels);

        var named = new Alert("e1", new IssueFacts("Boom"), Channels: [new ChannelAddress("T1", "A"), b]);
        Assert.Equal([b], ThreadGrains.Grains.Groups.AlertRouting.Of(named, named.Issue, settings).Select(routed => routed.Channel));
    }
}
