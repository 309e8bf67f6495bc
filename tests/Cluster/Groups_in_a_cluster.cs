using Orleans.Core.Internal;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Cluster.Tests;

/// <summary>The group's grain among silos: ownership, activation and deactivation, with the real ledger below and HTTP to the emulator.</summary>
public abstract class Groups_in_a_cluster : IAsyncLifetime
{
    private GroupCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await GroupCluster.Start(await CreateLedgers());

    protected abstract Task<LedgerUnderTest> CreateLedgers();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Fifty_first_alerts_at_once_make_one_root()
    {
        var alert = new Alert("first", new IssueFacts("Checkout is down"));
        var same = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _cluster.Group("g").Announce(alert)));
        Assert.Single(same, receipt => receipt.Outcome == AcceptOutcome.Accepted);
        Assert.Equal(49, same.Count(receipt => receipt is { Outcome: AcceptOutcome.Duplicate, Sequence: 1, Threads: 1 }));
        await Landed("g", 0);

        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => _cluster.Group("g").Announce(alert with { Id = $"again-{i}" })));
        Assert.Equal([2, 3, 4, 5, 6], others.Select(receipt => receipt.Sequence!.Value).Order());
        await Landed("g", 5);
        Assert.Single(await _cluster.Roots());
    }

    [Fact]
    public async Task An_accept_waits_for_a_commit_and_not_for_Slack()
    {
        await _cluster.Tell(HttpMethod.Put, "faults", new { rules = new[] { new { method = "chat.postMessage", fault = "error", error = "internal_error", rate = 1.0 } } });
        await Announce("g");
        for (int i = 1; i <= 10; i++)
        {
            Assert.Equal(i + 1, (await _cluster.Group("g").Accept(GroupCluster.Note($"n{i}"))).Sequence);
        }

        Assert.Empty(await _cluster.Roots());
        await _cluster.Tell(HttpMethod.Delete, "faults");
        await InOrder("g", 10);
    }

    [Fact]
    public async Task What_came_before_is_a_duplicate_also_where_it_would_change_nothing_or_be_refused_today()
    {
        await Announce("g");
        await Landed("g", 0);
        var root = (await _cluster.View("g")).Threads.Single();
        var click = new Click(new ChannelAddress(GroupCluster.Team, root.Channel), root.Ts!, ClickActions.Resolve, "1700000001.000001", "U0ROBIN");
        Assert.Equal(new ClickReceipt(ClickOutcome.Changed, 2), await _cluster.Group("g").Click(click));
        Assert.Equal(new ClickReceipt(ClickOutcome.Duplicate, 2), await _cluster.Group("g").Click(click));
        Assert.Equal(ClickOutcome.NothingToDo, (await _cluster.Group("g").Click(click with { ActionTs = "1700000002.000001" })).Outcome);

        var elsewhere = new Alert("first-g", new IssueFacts("Checkout is down"), Channels: [new ChannelAddress("T0STRANGER", root.Channel)]);
        Assert.Equal(AcceptReasons.IdReused, (await _cluster.Group("g").Announce(elsewhere)).Reason);
        Assert.Equal(AcceptReasons.UnknownWorkspace, (await _cluster.Group("g").Announce(elsewhere with { Id = "second-g" })).Reason);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    public async Task A_group_that_no_address_can_name_is_refused_to_a_NET_caller_too(string group)
    {
        var receipt = await _cluster.Group(group).Announce(new Alert("first", new IssueFacts("Checkout is down")));
        Assert.Equal((AcceptOutcome.Refused, AcceptReasons.Invalid), (receipt.Outcome, receipt.Reason));
        Assert.StartsWith("group ", receipt.Detail, StringComparison.Ordinal);
        Assert.Equal(AcceptOutcome.Refused, (await _cluster.Group(group).Accept(GroupCluster.Note("n1"))).Outcome);
        var adoption = new ParentAdoption(new ChannelAddress(GroupCluster.Team, "C0ANYWHERE"), "1503435956.000247");
        Assert.Equal(AdoptionOutcome.Refused, (await _cluster.Group(group).Adopt(adoption)).Outcome);
        Assert.Empty(await _cluster.Roots());
    }

    [Fact]
    public async Task Looking_at_a_group_activates_nothing()
    {
        await Announce("g");
        await Landed("g", 0);
        await Activations(0, () => _cluster.Group("g").Cast<IGrainManagementExtension>().DeactivateOnIdle().AsTask());
        Assert.Equal("unresolved", (await _cluster.View("g")).Status);
        Assert.Single((await _cluster.Grains.GetGrain<ILedgerReaderGrain>(0).ListDeliveries(GroupCluster.Organization, new DeliveryFilter(), null, 10)).Items);
        Assert.Equal(0, await CountActivations());
    }

    [Fact]
    public async Task Deactivated_again_and_again_in_mid_stream_a_group_loses_and_doubles_nothing()
    {
        await Announce("g");
        for (int i = 1; i <= 30; i++)
        {
            await _cluster.Send("g", GroupCluster.Note($"n{i}"));
            if (i % 3 == 0)
            {
                await _cluster.Group("g").Cast<IGrainManagementExtension>().DeactivateOnIdle();
            }
        }

        await _cluster.Group("g").Nudge();
        await InOrder("g", 30);
    }

    [Fact]
    public async Task A_group_that_another_owner_took_over_is_fenced_and_goes_on_from_what_the_ledger_holds()
    {
        await _cluster.Group("g").Announce(new Alert("first", new IssueFacts("Checkout is down"), Channels:
        [
            new ChannelAddress(GroupCluster.Team, GroupCluster.Channel), new ChannelAddress(GroupCluster.Team, _cluster.OtherChannel),
        ]));
        await Landed("g", 0);
        Assert.Equal(2, (await _cluster.Group("g").Accept(GroupCluster.Note("n1"))).Threads);

        // Another activation, on a silo that this one knows nothing of, closes the second thread.
        var snapshot = await _cluster.Ledger.LoadGroup(GroupCluster.Organization, "g", default) ?? throw new InvalidOperationException();
        var second = snapshot.Threads.Single(thread => thread.Channel == _cluster.OtherChannel);
        await Landed("g", 1);
        snapshot = (await _cluster.Ledger.LoadGroup(GroupCluster.Organization, "g", default))!;
        Assert.Equal(WriteOutcome.Done, await _cluster.Ledger.CloseThread(
            new Fence(snapshot.Id, snapshot.Epoch, "another", TakeOver: true), second.Id, "closed_by_operator", default));

        // What the first activation remembers is wrong now, and the fence keeps it from writing it down.
        var receipt = await _cluster.Send("g", GroupCluster.Note("n2"));
        Assert.Equal((AcceptOutcome.Accepted, 1), (receipt.Outcome, receipt.Threads!.Value));
        var again = (await _cluster.Ledger.LoadGroup(GroupCluster.Organization, "g", default))!;
        Assert.Equal(snapshot.Epoch + 2, again.Epoch);
        await InOrder("g", 2);
        Assert.Single(await _cluster.Replies((string)(await _cluster.Roots(_cluster.OtherChannel)).Single()["ts"]!, _cluster.OtherChannel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silo_that_stops_or_dies_in_mid_stream_loses_and_doubles_nothing(bool killed)
    {
        string[] groups = [.. Enumerable.Range(1, 8).Select(i => $"g{i}")];
        await Task.WhenAll(groups.Select(Announce));
        var sending = Task.WhenAll(groups.Select(async group =>
        {
            for (int i = 1; i <= 15; i++)
            {
                await _cluster.Send(group, GroupCluster.Note($"{group}-n{i}"));
            }
        }));
        await GroupCluster.Until(async () => sending.IsFaulted || await Posts() > 30, "posts flow");
        if (killed)
        {
            await _cluster.Silos.KillSiloAsync(_cluster.Silos.Silos[1]);
        }
        else
        {
            await _cluster.Silos.StopSiloAsync(_cluster.Silos.Silos[1]);
        }

        await sending;
        foreach (string group in groups)
        {
            await InOrder(group, 15);
        }

        if (!killed)
        {
            // A silo that is asked to stop leaves nothing in doubt: nothing had to be looked for.
            var reads = await _cluster.Tell(HttpMethod.Get, "calls?method=conversations.replies");
            Assert.Empty(reads["calls"]!.AsArray());
        }
    }

    [Fact]
    public async Task A_group_whose_announcement_is_gone_is_announced_anew_with_what_was_not_posted_under_the_old_one()
    {
        await _cluster.Grains.GetGrain<IOrganizationGrain>(GroupCluster.Organization).SetPolicy(PostingPolicy.Default with { ParentGone = ParentGonePolicy.Repost });

        // Silos read settings every few seconds: a group whose thread was just closed was too early.
        string group = "";
        IReadOnlyList<ThreadView> threads = [];
        int tried = 0;
        await GroupCluster.Until(
            async () =>
            {
                group = $"g{++tried}";
                await Announce(group);
                await Landed(group, 0);
                var root = (await _cluster.View(group)).Threads.Single();
                await _cluster.Tell(HttpMethod.Post, $"messages/{root.Channel}/{root.Ts}/delete", new { });
                await _cluster.Send(group, GroupCluster.Note("n1"));
                await GroupCluster.Until(async () => (await _cluster.View(group)).Threads[0].State == "closed", "the old thread is closed");
                threads = (await _cluster.View(group)).Threads;
                return threads.Count == 2;
            },
            "a repost");

        // Slack put the stray reply into the channel: it is deleted again, and the recap tells it.
        var anew = threads.Single(thread => thread.State != "closed");
        await Landed(group, 1);
        string recap = Assert.Single(await _cluster.Replies((await _cluster.View(group)).Threads.Single(thread => thread.Id == anew.Id).Ts!));
        Assert.Contains("mark[n1]", recap, StringComparison.Ordinal);

        Assert.Equal(1, (await _cluster.Send(group, GroupCluster.Note("n2"))).Threads);
        await Landed(group, 2);
        var second = (await _cluster.View(group)).Threads.Single(thread => thread.Id == anew.Id);
        Assert.Contains("mark[n2]", (await _cluster.Replies(second.Ts!))[1], StringComparison.Ordinal);
        Assert.Empty(await _cluster.Ledger.CheckConservation(default));

        // A second time within a day it stays away.
        Assert.Equal(OperatorOutcome.Done, (await _cluster.Group(group).ParentDeleted(new ChannelAddress(GroupCluster.Team, second.Channel), second.Ts!)).Outcome);
        await GroupCluster.Until(async () => (await _cluster.View(group)).Threads.All(thread => thread.State == "closed"), "closed, and nothing else");
        Assert.Equal(2, (await _cluster.View(group)).Threads.Count);
        Assert.Equal(AcceptReasons.NoThreads, (await _cluster.Send(group, GroupCluster.Note("n3"), AcceptOutcome.Ignored)).Reason);
    }

    private Task Announce(string group) => _cluster.Group(group).Announce(new Alert($"first-{group}", new IssueFacts($"Checkout of {group} is down")));

    /// <summary>So many replies stand in each open thread of the group.</summary>
    private Task Landed(string group, int replies) => GroupCluster.Until(
        async () =>
        {
            foreach (var thread in (await _cluster.View(group)).Threads.Where(thread => thread.State != "closed"))
            {
                if (thread.Ts is null || (await _cluster.Replies(thread.Ts, thread.Channel)).Count < replies)
                {
                    return false;
                }
            }

            return true;
        },
        $"{replies} replies in the thread of {group}");

    /// <summary>The notes n1 to the last stand in the group's open thread, each once ever, in order, and nothing else.</summary>
    private async Task InOrder(string group, int last)
    {
        await Landed(group, last);
        var thread = (await _cluster.View(group)).Threads.First(thread => thread.State != "closed");
        var texts = await _cluster.Replies(thread.Ts!, thread.Channel);
        Assert.Equal(last, texts.Count);
        Assert.All(texts, (text, i) => Assert.Contains($"n{i + 1}]", text, StringComparison.Ordinal));
    }

    private async Task<int> Posts() => (await _cluster.Tell(HttpMethod.Get, "calls?method=chat.postMessage"))["calls"]!.AsArray().Count;

    private async Task Activations(int wanted, Func<Task> act)
    {
        await act();
        await GroupCluster.Until(async () => await CountActivations() == wanted, $"{wanted} groups active");
    }

    private async Task<int> CountActivations() =>
        (await _cluster.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics())
            .Where(grain => grain.GrainType.Contains("IssueGroupGrain", StringComparison.Ordinal)).Sum(grain => grain.ActivationCount);
}

/// <summary>On the embedded database.</summary>
public sealed class Groups_in_a_cluster_on_SQLite : Groups_in_a_cluster
{
    protected override Task<LedgerUnderTest> CreateLedgers() => Task.FromResult<LedgerUnderTest>(new LedgerOnSqlite());
}

/// <summary>On a server.</summary>
public sealed class Groups_in_a_cluster_on_PostgreSQL : Groups_in_a_cluster
{
    protected override Task<LedgerUnderTest> CreateLedgers() => LedgerOnPostgreSql.Create();
}
