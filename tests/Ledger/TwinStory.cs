namespace ThreadGrains.Ledger.Tests;

/// <summary>One step of a story: what is done, and three numbers that say to what and how.</summary>
public readonly record struct TwinStep(byte Act, byte What, byte How, byte Moment);

/// <summary>
/// Plays steps on a twin, legal and illegal ones as they come. Nothing is expected of the outcomes but that both ledgers say
/// the same; so it may try what the suite's own story, which knows what must follow, leaves out: reposts, take-overs, restores,
/// copies in the same few places.
/// </summary>
internal sealed class TwinStory(World world)
{
    private readonly TestGroup[] _groups = [world.Group("g0"), world.Group("g1")];
    private readonly List<(TestGroup Group, Guid Thread)> _threads = [];
    private readonly List<Guid> _posts = [];
    private readonly List<Guid> _edits = [];

    public async Task Play(IReadOnlyList<TwinStep> steps)
    {
        foreach (var step in steps)
        {
            try
            {
                await Act(step);
            }
            catch (ArgumentException)
            {
                // Both call it a bug of their caller.
            }

            await LookAtAll();
        }

        await world.Ledger.ReportDeliveries(new DeliveryQuery("acme", Limit: 10_000), default);
        await world.Ledger.ReportChannels("acme", "T1", null, 10, default);
        await world.Ledger.ParkedGroups("T1", null, null, 10, default);
        await world.Ledger.GroupsInChannel("T1", "C1", null, 10, default);
        await world.Ledger.DueGroups(new DueQuery(["silo-1"], world.Now, world.Now.AddSeconds(-20), 0, 1, 10), default);
        foreach (var post in _posts)
        {
            await world.Ledger.ReadPost(post, default);
        }
    }

    /// <summary>What each ledger shows of everything; the twin compares.</summary>
    private async Task LookAtAll()
    {
        Assert.Empty(await world.Ledger.CheckConservation(default));
        await world.Ledger.Totals(null, default);
        foreach (var group in _groups)
        {
            if (await world.Ledger.LoadGroup("acme", group.Name.Group, default) is { } loaded)
            {
                (group.Epoch, group.Owner, group.Next) = (loaded.Epoch, loaded.Owner!, loaded.NextSequence);
                await world.Ledger.ReadCallback(group.Id, default);
                await world.Ledger.ThreadsWithWork(group.Id, null, default);
                foreach (var thread in (await world.Ledger.ReportGroup("acme", group.Name.Group, default))!.Threads)
                {
                    await world.Ledger.ReadThread(thread.Id, 5, default);
                    if (!_threads.Exists(known => known.Thread == thread.Id))
                    {
                        _threads.Add((group, thread.Id));              // one that took another's place
                    }
                }
            }
        }
    }

    private async Task Act(TwinStep step)
    {
        if (_threads.Count == 0 || step.Act % 32 == 0)
        {
            await Alert(_groups[step.What % 2], step);
            return;
        }

        var (group, thread) = _threads[step.What % _threads.Count];
        var fence = Fence(group, step.How);
        var work = await world.Read(thread);
        var post = work.InFlight?.Id ?? (_posts.Count > 0 ? _posts[step.How % _posts.Count] : Guid.Empty);
        await (Task)((step.Act % 32) switch
        {
            1 or 2 or 3 => Accept(group, thread, fence, step),
            4 or 5 or 6 or 7 => Claim(fence, thread, work, step),
            8 or 9 or 10 or 11 => world.Ledger.Settle(post, Result(step), default),
            12 or 13 or 14 => world.Ledger.StepDoubt(fence, post, Doubt(step), default),
            15 when _posts.Count > 0 =>
                world.Ledger.Observe(_posts[step.Moment % _posts.Count], Ts(step.How), step.Moment % 7 == 0 ? "orphan" : "event", "slack", default),
            16 or 17 when work.Observations.Count > 0 =>
                world.Ledger.EndObservation(fence, work.Observations[step.Moment % work.Observations.Count].Id, Repost(step), default),
            18 when work.Cleanups.Count > 0 => world.Ledger.SettleCleanup(work.Cleanups[0].Id, step.Moment % 2 == 0 ? Soon(step) : null, default),
            19 => world.Ledger.SettleVerification(work.Verify?.Id ?? post, step.Moment % 2 == 0 ? Soon(step) : null, default),
            20 => world.Ledger.CloseThread(fence, thread, step.Moment % 2 == 0 ? "by_hand" : "parent_gone", Repost(step), default),
            21 => world.Ledger.ReopenThread(fence, thread, default),
            22 => world.Ledger.Park(fence, thread, step.Moment % 3 == 0 ? null : "is_archived", step.Moment % 2 == 0 ? Soon(step) : null, default),
            23 when step.Moment % 2 == 0 => world.Ledger.MoveThread(fence, thread, $"C{step.What % 3}", default),
            23 => world.Ledger.Expire(fence, thread, Soon(step).AddSeconds(-15), default),
            24 => step.Moment % 2 == 0
                ? world.Ledger.ConfirmParent(fence, thread, Ts(step.How), default)
                : world.Ledger.PostponeLookUp(fence, thread, Soon(step), default),
            25 or 26 => Replay(group, fence, step),
            27 => Edit(fence, thread, step),
            28 => Callback(group, step),
            29 when step.What % 4 == 0 => world.Ledger.MoveToHistory(world.Now.AddSeconds(-5), step.How, default),
            30 when step.What % 8 == 0 => world.Ledger.BeginRestored(default),
            31 when step.What % 8 == 0 => Fault(step),
            _ => Pass(step),
        });
    }

    private async Task Alert(TestGroup group, TwinStep step)
    {
        var turn = group.AlertTurn(out var thread, $"C{step.How % 2}", $"r{step.Moment % 3}", step.How % 5 == 0 ? Ts(step.Moment) : null);
        if (await world.Ledger.CommitTurn(turn, default) is TurnOutcome.Taken)
        {
            _threads.Add((group, thread));
        }
    }

    private Task Accept(TestGroup group, Guid thread, Fence fence, TwinStep step)
    {
        var turn = group.Turn([.. Enumerable.Repeat<Guid[]>([thread], 1 + (step.Moment % 3))]);
        turn = step.Moment % 4 == 0 ? group.Clicked(turn) : turn;
        return world.Ledger.CommitTurn(turn with { Fence = fence, WantedRevisions = step.Moment % 2 == 0 ? [thread] : [] }, default);
    }

    private Task Claim(Fence fence, Guid thread, ThreadWork work, TwinStep step)
    {
        int from = step.Moment % 11 == 0 ? 1 : 0;
        Guid[] members = [.. work.Pending.Skip(from).Take(1 + (step.Moment % 3)).Select(delivery => delivery.Id)];
        if (members.Length == 0)
        {
            return Task.CompletedTask;
        }

        var kind = members.Length > 1 ? PostKind.Digest : work.Pending[from].Kind switch
        {
            DeliveryKind.Root => PostKind.Root,
            DeliveryKind.Recap => PostKind.Recap,
            _ => PostKind.Reply,
        };
        var claim = new Claim(fence, world.NewId(), thread, kind, members, TimeSpan.FromSeconds(10), step.Moment % 2 == 0 ? work.Thread.RevisionWanted : null);
        _posts.Add(claim.Post);
        return world.Ledger.Claim(claim, default);
    }

    private Task Replay(TestGroup group, Fence fence, TwinStep step) => Task.Run(async () =>
    {
        var dead = await world.Ledger.ReportDeliveries(new DeliveryQuery("acme", group.Name.Group, State: DeliveryState.Dead, Limit: 3), default);
        await world.Ledger.Replay(fence, [.. dead.Select(delivery => delivery.Id), .. dead.Take(step.Moment % 2).Select(delivery => delivery.Id)], default);
    });

    private Task Edit(Fence fence, Guid thread, TwinStep step)
    {
        if (step.Moment % 2 == 0)
        {
            _edits.Add(world.NewId());
            return world.Ledger.ClaimEdit(fence, thread, _edits[^1], TimeSpan.FromSeconds(10), default);
        }

        EditResult result = (step.Moment % 16) switch
        {
            1 or 3 => new EditResult.TryAgain(Soon(step)),
            5 => new EditResult.Off(),
            7 => new EditResult.ParentGone(Repost(step)),
            _ => new EditResult.Shown(step.How % 4),
        };
        return world.Ledger.SettleEdit(_edits.Count > 0 ? _edits[step.How % _edits.Count] : Guid.Empty, result, default);
    }

    private async Task Callback(TestGroup group, TwinStep step)
    {
        if (await world.Ledger.ReadCallback(group.Id, default) is { } head)
        {
            CallbackResult result = (step.Moment % 4) switch
            {
                0 => new CallbackResult.Delivered(),
                1 => new CallbackResult.TryAgain(Soon(step), "retry:503"),
                2 => new CallbackResult.Postponed(Soon(step), "parked:not_configured"),
                _ => new CallbackResult.Dead("gone"),
            };
            await world.Ledger.SettleCallback(head.Id, head.Attempts, result, default);
        }
    }

    private Task Fault(TwinStep step)
    {
        world.Store.Plant((PlantedFault)(step.How % 3));
        return Task.CompletedTask;
    }

    private Task Pass(TwinStep step)
    {
        world.Clock.Advance(TimeSpan.FromMilliseconds(step.How % 8 == 0 ? 25 * 3600 * 1000 : 100 * step.Moment));
        return Task.CompletedTask;
    }

    private PostResult Result(TwinStep step) => (step.Moment % 10) switch
    {
        0 or 1 or 2 or 3 => new PostResult.Sent(Ts(step.How), Soon(step)),
        4 => new PostResult.Orphaned(Ts(step.How), Repost(step)),
        5 => new PostResult.TryAgain(Soon(step), "rate_limited", step.How % 2 == 0),
        6 => new PostResult.Dead("msg_too_long"),
        7 => new PostResult.ThreadGone("thread_not_found", Repost(step)),
        _ => new PostResult.Doubt("timeout", step.How % 2 == 0, Soon(step)),
    };

    private DoubtStep Doubt(TwinStep step) => (step.Moment % 12) switch
    {
        0 or 1 => new DoubtStep.Begin(Soon(step)),
        2 or 3 or 4 => new DoubtStep.AbsentOnce(Soon(step)),
        5 or 6 => new DoubtStep.Absent(),
        7 => new DoubtStep.ParentGone(Repost(step)),
        8 => new DoubtStep.ReadLater(Soon(step), "missing_scope"),
        9 => new DoubtStep.GiveUp("in_doubt"),
        10 => new DoubtStep.Resend(),
        _ => new DoubtStep.Reopen(Soon(step)),
    };

    /// <summary>Mostly the owner's, now and then of one that takes over, or of one of yesterday.</summary>
    private static Fence Fence(TestGroup group, byte how) => (how % 16) switch
    {
        0 => group.TakeOverBy($"silo-{how % 3}"),
        1 => group.Fence with { Epoch = group.Epoch - 1 },
        _ => group.Fence,
    };

    private Repost? Repost(TwinStep step) => step.How % 3 == 0 ? null : new Repost(world.NewId(), world.NewId(), world.NewId());

    private DateTimeOffset Soon(TwinStep step) => world.Now.AddSeconds(step.How % 20);

    /// <summary>One of few places, so that copies meet.</summary>
    private static string Ts(byte which) => $"17000000{which % 12:00}.000100";
}
