using Microsoft.Extensions.Time.Testing;

namespace ThreadGrains.Ledger.Tests;

/// <summary>A group as a test's owner drives it, in the words of the design.</summary>
public sealed class TestGroup(World world, string name, string organization = "acme")
{
    public Guid Id { get; } = world.NewId();

    public GroupName Name { get; } = new(organization, name);

    public string Owner { get; set; } = "silo-1";

    public long Epoch { get; set; }

    public long Next { get; set; } = 1;

    public Fence Fence => new(Id, Epoch, Owner, false);

    public Fence TakeOverBy(string silo) => new(Id, Epoch, silo, true);

    /// <summary>A turn of this group with as many activities as there are lists of threads, one delivery each.</summary>
    public Turn Turn(params Guid[][] threadsOfActivities)
    {
        bool isNew = Epoch == 0;
        var activities = threadsOfActivities.Select((threads, i) => world.Activity(Next + i, threads.Length)).ToList();
        return new Turn(
            isNew ? new Fence(Id, 0, Owner, true) : Fence, Name, isNew, 7, Next, new GroupState("unresolved", null, "{}"), isNew ? """{"title":"It broke"}""" : null,
            [.. activities.Select(activity => world.Key(activity.SenderId))], activities, [],
            [.. threadsOfActivities.SelectMany((threads, i) => threads.Select(thread =>
                new NewDelivery(world.NewId(), thread, Next + i, DeliveryKind.Reply)))],
            []);
    }

    /// <summary>The turn of an alert that registers a thread.</summary>
    public Turn AlertTurn(out Guid thread, string channel = "C1", string rule = "", string? adoptedTs = null)
    {
        thread = world.NewId();
        var turn = Turn(new Guid[][] { [] });
        var root = new NewDelivery(world.NewId(), thread, Next, DeliveryKind.Root);
        return turn with
        {
            Activities = [turn.Activities[0] with { Kind = "alert", Type = "alert", Actor = null, Deliveries = adoptedTs is null ? 1 : 0 }],
            Keys = [turn.Keys[0] with { Kind = "alert" }],
            Threads = [new NewThread(thread, "T1", channel, rule, "", adoptedTs, Next)],
            Deliveries = adoptedTs is null ? [root] : [],
        };
    }

    /// <summary>The same turn, made by clicks: the tracker is to be told each of its activities.</summary>
    public Turn Clicked(Turn turn) => turn with
    {
        Callbacks = [.. turn.Activities.Select(activity => new NewCallback(world.NewId(), activity.Sequence, activity.SenderId, $"body of {activity.SenderId}"))],
    };

    /// <summary>Clicks that many times; the callbacks, in order.</summary>
    public async Task<Guid[]> Click(int count = 1) =>
        [.. (await Commit(Clicked(Turn([.. Enumerable.Repeat<Guid[]>([], count)])))).Callbacks.Select(callback => callback.Id)];

    /// <summary>Commits a turn that must be taken, and goes on from there.</summary>
    public async Task<Turn> Commit(Turn turn)
    {
        var outcome = await world.Ledger.CommitTurn(turn, default);
        Assert.IsType<TurnOutcome.Taken>(outcome);
        Took(turn);
        return turn;
    }

    public void Took(Turn turn)
    {
        Next += turn.Activities.Count;
        Epoch = turn.Fence.HeldAfter;
        Owner = turn.Fence.Owner;
    }

    /// <summary>Announces the group; the root is pending.</summary>
    public async Task<Guid> Announce(string channel = "C1", string rule = "", string? adoptedTs = null)
    {
        await Commit(AlertTurn(out var thread, channel, rule, adoptedTs));
        return thread;
    }

    /// <summary>Announces the group and has the root stand in Slack.</summary>
    public async Task<Guid> Open(string channel = "C1", string rule = "", string? ts = null)
    {
        var thread = await Announce(channel, rule);
        var post = await Claim(thread);
        Assert.IsType<SettleOutcome.Settled>(await world.Ledger.Settle(post, new PostResult.Sent(ts ?? world.NewTs()), default));
        return thread;
    }

    /// <summary>Accepts activities for one thread; their deliveries, in order.</summary>
    public async Task<Guid[]> Accept(Guid thread, int count = 1)
    {
        var turn = await Commit(Turn([.. Enumerable.Repeat<Guid[]>([thread], count)]));
        return [.. turn.Deliveries.Select(delivery => delivery.Id)];
    }

    public Claim ClaimOf(Guid thread, PostKind kind, params Guid[] members) =>
        new(Fence, world.NewId(), thread, kind, members, TimeSpan.FromSeconds(10));

    /// <summary>Claims the head of the thread, or as many as are named; must succeed.</summary>
    public async Task<Guid> Claim(Guid thread, int members = 1)
    {
        var work = await world.Read(thread);
        var kind = members > 1 ? PostKind.Digest : work.Pending[0].Kind switch { DeliveryKind.Root => PostKind.Root, DeliveryKind.Recap => PostKind.Recap, _ => PostKind.Reply };
        var claim = ClaimOf(thread, kind, [.. work.Pending.Take(members).Select(delivery => delivery.Id)]);
        Assert.IsType<ClaimOutcome.Claimed>(await world.Ledger.Claim(claim, default));
        return claim.Post;
    }

    /// <summary>Claims the head and sends it.</summary>
    public async Task<(Guid Post, string Ts)> Send(Guid thread, int members = 1)
    {
        var post = await Claim(thread, members);
        string ts = world.NewTs();
        Assert.IsType<SettleOutcome.Settled>(await world.Ledger.Settle(post, new PostResult.Sent(ts), default));
        return (post, ts);
    }

    /// <summary>Claims the head and loses its answer.</summary>
    public async Task<Guid> Doubt(Guid thread, int members = 1)
    {
        var post = await Claim(thread, members);
        await world.Settles(post, new PostResult.Doubt("timeout", true, world.Clock.GetUtcNow().AddSeconds(5)));
        return post;
    }

    /// <summary>Claims the head, loses its answer, and finds it nowhere twice.</summary>
    public async Task<Guid> AbsentTwice(Guid thread, int members = 1)
    {
        var post = await Doubt(thread, members);
        await Step(post, new DoubtStep.AbsentOnce(world.Clock.GetUtcNow().AddSeconds(15)));
        await Step(post, new DoubtStep.Absent());
        return post;
    }

    public async Task Step(Guid post, DoubtStep step, WriteOutcome expected = WriteOutcome.Done) =>
        Assert.Equal(expected, await world.Ledger.StepDoubt(Fence, post, step, default));

    public async Task<GroupSnapshot> Load() =>
        Assert.IsType<GroupSnapshot>(await world.Ledger.LoadGroup(Name.Organization, Name.Group, default));
}

/// <summary>A ledger, its clock, and the ids of a test.</summary>
public sealed class World(LedgerStore store, FakeTimeProvider clock)
{
    private int _ids;
    private int _messages;

    public LedgerStore Store => store;

    public ILedger Ledger => store.Ledger;

    public FakeTimeProvider Clock => clock;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Ids by time, and in order within the same moment.</summary>
    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(clock.GetUtcNow()).TryWriteBytes(bytes, bigEndian: true, out _);
        int n = Interlocked.Increment(ref _ids);
        bytes[6] = (byte)(0x70 | ((n >> 24) & 0x0f));
        (bytes[7], bytes[8], bytes[9]) = ((byte)(n >> 16), (byte)(0x80 | ((n >> 10) & 0x3f)), (byte)((n >> 2) & 0xff));
        bytes[10] = (byte)n;
        return new Guid(bytes, bigEndian: true);
    }

    public string NewTs() => $"{1_700_000_010 + Interlocked.Increment(ref _messages)}.000100";

    public ActivityRow Activity(long sequence, int deliveries) => new(
        sequence, "activity", $"a{Interlocked.Increment(ref _ids)}", "note", """{"type":"user","name":"Ada"}""", """{"text":"hello"}""",
        deliveries, default, null);

    public TurnKey Key(string id, byte hash = 1) => new("activity", id, [.. Enumerable.Repeat(hash, 32)], $$"""{"id":"{{id}}"}""", clock.GetUtcNow().AddDays(7));

    public TestGroup Group(string name = "g1", string organization = "acme") => new(this, name, organization);

    public async Task<ThreadWork> Read(Guid thread) => Assert.IsType<ThreadWork>(await Ledger.ReadThread(thread, 100, default));

    public async Task Settles(Guid post, PostResult result) =>
        Assert.IsType<SettleOutcome.Settled>(await Ledger.Settle(post, result, default));

    /// <summary>A delivery as people see it.</summary>
    public async Task<DeliveryReport> Delivery(Guid delivery, string organization = "acme") =>
        Assert.Single(await Ledger.ReportDeliveries(new DeliveryQuery(organization, Delivery: delivery), default));

    public async Task<PostRow> Post(Guid post) => Assert.IsType<PostRow>(await Ledger.ReadPost(post, default));

    public async Task<ThreadRow> Thread(TestGroup group, Guid thread) =>
        Assert.Single((await Ledger.ReportGroup(group.Name.Organization, group.Name.Group, default))!.Threads, row => row.Id == thread);

    public async Task<DeliveryState[]> States(params Guid[] deliveries)
    {
        var states = new List<DeliveryState>();
        foreach (var delivery in deliveries)
        {
            states.Add((await Delivery(delivery)).State);
        }

        return [.. states];
    }

    public async Task Conserves()
    {
        Assert.Empty(await Ledger.CheckConservation(default));
        Assert.Empty(await Ledger.CheckConservation(DateTimeOffset.UnixEpoch, 0, 1, default));
    }
}
