namespace ThreadGrains.Ledger.Tests;

/// <summary>Accepting: keys, fence, sequence, threads (P1, P2, P3).</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_group_that_was_never_announced_is_not_there()
    {
        Assert.Null(await Ledger.LoadGroup("acme", "nobody", default));
        Assert.Null(await Ledger.ReportGroup("acme", "nobody", default));
        Assert.Null(await Ledger.ReadThread(_world.NewId(), 10, default));
        Assert.Null(await Ledger.ReadPost(_world.NewId(), default));
    }

    [Fact]
    public async Task A_turn_stores_group_issue_activities_and_threads_as_given()
    {
        var group = _world.Group();
        var turn = group.AlertTurn(out var thread) with { State = new GroupState("resolved", "Ada", """{"by":"x"}""") };
        var taken = Assert.IsType<TurnOutcome.Taken>(await Ledger.CommitTurn(turn, default));
        Assert.Equal(Clock.GetUtcNow(), taken.AcceptedAt);
        group.Took(turn);

        var loaded = await group.Load();
        Assert.Equal((group.Id, group.Name, "silo-1", 1L, 2L), (loaded.Id, loaded.Name, loaded.Owner, loaded.Epoch, loaded.NextSequence));
        Assert.Equal(turn.State, loaded.State);
        Assert.Equal(turn.Issue, loaded.Issue);
        Assert.Equal(Clock.GetUtcNow(), loaded.WakeAt);
        var row = Assert.Single(loaded.Threads);
        Assert.Equal((thread, group.Id, "T1", "C1", ThreadState.Posting, 1L), (row.Id, row.Group, row.Workspace, row.Channel, row.State, row.RegisteredSequence));
        Assert.True(row.LookedUp);

        var delivery = Assert.Single((await _world.Read(thread)).Pending);
        Assert.Equal(turn.Deliveries[0].Id, delivery.Id);
        Assert.Equal(turn.Activities[0] with { AcceptedAt = Clock.GetUtcNow() }, delivery.Activity);
    }

    [Fact]
    public async Task A_key_is_found_by_organization_kind_and_id_until_it_expires()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var key = (await group.Commit(group.Turn(new Guid[][] { [thread] }))).Keys[0];
        var found = Assert.IsType<KnownKey>(await Ledger.FindKey("acme", key.Kind, key.Id, default));
        Assert.Equal((key.Kind, key.Id, key.Receipt, Convert.ToHexString(key.Hash)), (found.Kind, found.Id, found.Receipt, Convert.ToHexString(found.Hash)));
        Assert.Null(await Ledger.FindKey("other", key.Kind, key.Id, default));
        Assert.Null(await Ledger.FindKey("acme", "alert", key.Id, default));
        Assert.Null(await Ledger.FindKey("acme", key.Kind, key.Id + "x", default));
        Clock.Advance(key.ExpiresAt - Clock.GetUtcNow());
        Assert.Null(await Ledger.FindKey("acme", key.Kind, key.Id, default));
    }

    [Fact]
    public async Task Whether_a_reply_is_broadcast_is_kept_with_it()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var turn = group.Turn(new Guid[][] { [thread], [thread] });
        await group.Commit(turn with { Deliveries = [turn.Deliveries[0] with { Broadcast = true }, turn.Deliveries[1]] });
        Assert.True((await _world.Read(thread)).Pending[0].Broadcast);
        await group.Send(thread);
        Assert.False((await _world.Read(thread)).Pending[0].Broadcast);
    }

    [Fact]
    public async Task An_issue_that_is_not_named_stays_as_it_was()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        await group.Accept(thread);
        Assert.Equal("""{"title":"It broke"}""", (await group.Load()).Issue);
        await group.Commit(group.Turn(new Guid[][] { [thread] }) with { Issue = """{"title":"again"}""" });
        Assert.Equal("""{"title":"again"}""", (await group.Load()).Issue);
    }

    [Fact]
    public async Task A_key_that_stood_there_writes_nothing_of_the_turn_and_tells_the_first_hash_and_receipt()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var first = await group.Commit(group.Turn([thread], [thread]));
        var before = await _world.Read(thread);

        var second = group.Turn([thread], [thread]);
        var fresh = second.Keys[1];
        second = second with { Keys = [first.Keys[0] with { Hash = new byte[32], Receipt = "{}" }, fresh] };
        var known = Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(second, default));

        var key = Assert.Single(known.Keys);
        Assert.Equal((first.Keys[0].Id, first.Keys[0].Receipt), (key.Id, key.Receipt));
        Assert.Equal(first.Keys[0].Hash, key.Hash);
        Assert.Equal(before.Pending, (await _world.Read(thread)).Pending);
        Assert.Equal(4, (await group.Load()).NextSequence);

        // The key that was new in the refused turn is still free.
        await group.Commit(group.Turn(new Guid[][] { [thread] }) with { Keys = [fresh] });
    }

    [Fact]
    public async Task All_known_keys_of_a_turn_are_told()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var first = await group.Commit(group.Turn([thread], [thread]));
        var again = group.Turn([thread], [thread]) with { Keys = first.Keys };
        Assert.Equal(2, Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(again, default)).Keys.Count);
    }

    [Fact]
    public async Task Alerts_and_activities_and_organizations_have_separate_id_spaces()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var first = await group.Commit(group.Turn(new Guid[][] { [thread] }));
        await group.Commit(group.Turn(new Guid[][] { [thread] }) with { Keys = [first.Keys[0] with { Kind = "alert" }] });
        var other = _world.Group("g1", "other");
        await other.Commit(other.AlertTurn(out _, "C2") with { Keys = [first.Keys[0]] });
    }

    [Fact]
    public async Task An_id_may_be_used_anew_once_it_has_expired_and_not_before()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var key = (await group.Commit(group.Turn(new Guid[][] { [thread] }))).Keys[0];
        Turn Again() => group.Turn(new Guid[][] { [thread] }) with { Keys = [key with { ExpiresAt = Clock.GetUtcNow().AddDays(7), Receipt = "second" }] };

        Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(Again(), default));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await group.Commit(Again());
        Assert.Equal("second", Assert.Single(Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(Again(), default)).Keys).Receipt);
    }

    [Fact]
    public async Task A_stale_epoch_a_stale_owner_and_a_stale_sequence_are_fenced()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        foreach (var turn in new[]
        {
            group.Turn(new Guid[][] { [thread] }) with { Fence = group.Fence with { Epoch = 0 } },
            group.Turn(new Guid[][] { [thread] }) with { Fence = group.Fence with { Epoch = 2 } },
            group.Turn(new Guid[][] { [thread] }) with { Fence = group.Fence with { Owner = "silo-2" } },
            group.Turn(new Guid[][] { [thread] }) with { Fence = group.Fence with { Group = _world.NewId() } },
            group.Turn(new Guid[][] { [thread] }) with { Fence = new Fence(group.Id, 0, "silo-2", true) },
        })
        {
            Assert.IsType<TurnOutcome.Fenced>(await Ledger.CommitTurn(turn, default));
        }

        group.Next++;
        Assert.IsType<TurnOutcome.Fenced>(await Ledger.CommitTurn(group.Turn(new Guid[][] { [thread] }), default));
        Assert.Equal(1, (await _world.Read(thread)).PendingCount);
    }

    [Fact]
    public async Task A_take_over_raises_the_epoch_and_fences_the_former_owner()
    {
        var group = _world.Group();
        var thread = await group.Announce();
        var stale = group.Turn(new Guid[][] { [thread] });
        await group.Commit(group.Turn(new Guid[][] { [thread] }) with { Fence = group.TakeOverBy("silo-2") });

        var loaded = await group.Load();
        Assert.Equal(("silo-2", 2L), (loaded.Owner, loaded.Epoch));
        Assert.IsType<TurnOutcome.Fenced>(await Ledger.CommitTurn(stale, default));
        Assert.IsType<TurnOutcome.Fenced>(await Ledger.CommitTurn(stale with { FirstSequence = 3, Activities = [stale.Activities[0] with { Sequence = 3 }], Deliveries = [stale.Deliveries[0] with { Sequence = 3 }] }, default));
    }

    [Fact]
    public async Task Of_two_first_alerts_one_makes_the_group_and_the_other_is_fenced()
    {
        var (one, two) = (_world.Group(), _world.Group());
        var outcomes = await Task.WhenAll(Ledger.CommitTurn(one.AlertTurn(out _), default), Ledger.CommitTurn(two.AlertTurn(out _), default));
        Assert.Single(outcomes, outcome => outcome is TurnOutcome.Taken);
        Assert.Single(outcomes, outcome => outcome is TurnOutcome.Fenced);
        Assert.Single((await Ledger.LoadGroup("acme", "g1", default))!.Threads);
    }

    [Fact]
    public async Task Two_turns_with_one_key_in_one_batch_are_taken_once()
    {
        var (one, two) = (_world.Group("g1"), _world.Group("g2"));
        var (first, second) = (one.AlertTurn(out _, "C1"), two.AlertTurn(out _, "C2"));
        second = second with { Keys = first.Keys };
        var outcomes = await Task.WhenAll(Ledger.CommitTurn(first, default), Ledger.CommitTurn(second, default));
        Assert.Single(outcomes, outcome => outcome is TurnOutcome.Taken);
        Assert.Single(outcomes, outcome => outcome is TurnOutcome.Known);
    }

    [Fact]
    public async Task A_turn_for_a_thread_that_was_closed_meanwhile_is_stale_and_writes_nothing()
    {
        var group = _world.Group();
        var thread = await group.Open();
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        Assert.IsType<TurnOutcome.Stale>(await Ledger.CommitTurn(group.Turn(new Guid[][] { [thread] }), default));
        Assert.IsType<TurnOutcome.Stale>(await Ledger.CommitTurn(group.Turn(new Guid[][] { [] }) with { WantedRevisions = [thread] }, default));
        Assert.Equal(2, (await group.Load()).NextSequence);
    }

    [Fact]
    public async Task A_place_belongs_to_one_open_thread_and_is_free_again_once_it_is_closed()
    {
        var group = _world.Group();
        var thread = await group.Open();
        Assert.IsType<TurnOutcome.Clash>(await Ledger.CommitTurn(group.AlertTurn(out _), default));
        await group.Announce(rule: "another rule");
        await Ledger.CloseThread(group.Fence, thread, "by_hand", default);
        await group.Announce();
        Assert.Equal(2, (await group.Load()).Threads.Count);
        Assert.Equal(3, (await Ledger.ReportGroup("acme", "g1", default))!.Threads.Count);
    }

    [Fact]
    public async Task A_message_belongs_to_one_thread_for_ever()
    {
        var (one, two) = (_world.Group("g1"), _world.Group("g2"));
        var thread = await one.Announce(adoptedTs: "1700000000.000001");
        Assert.IsType<TurnOutcome.Clash>(await Ledger.CommitTurn(two.AlertTurn(out _, adoptedTs: "1700000000.000001"), default));
        await two.Announce(channel: "C2", adoptedTs: "1700000000.000001");
        Assert.Equal("g1", (await Ledger.FindGroupOfMessage("T1", "C1", "1700000000.000001", null, default))!.Value.Group);
        await Ledger.CloseThread(one.Fence, thread, "by_hand", default);
        Assert.Equal("g1", (await Ledger.FindGroupOfMessage("T1", "C1", "1700000000.000001", null, default))!.Value.Group);
    }

    [Fact]
    public async Task What_an_owner_of_yesterday_finds_in_its_way_is_the_fence()
    {
        var group = _world.Group();
        await group.Announce();
        var stale = group.AlertTurn(out _) with { Fence = group.Fence with { Epoch = 9 } };
        Assert.IsType<TurnOutcome.Fenced>(await Ledger.CommitTurn(stale, default));
    }

    [Fact]
    public async Task A_turn_that_could_never_move_is_refused()
    {
        var group = _world.Group();
        var thread = await group.Open();
        var turn = group.Turn([thread], [thread]);
        var alert = group.AlertTurn(out var fresh, "C9");
        foreach (var wrong in new[]
        {
            turn with { Activities = [turn.Activities[0], turn.Activities[1] with { Sequence = 9 }] },
            turn with { Keys = [turn.Keys[0], turn.Keys[0]] },
            turn with { Deliveries = [turn.Deliveries[0] with { Sequence = 99 }] },
            turn with { Deliveries = [turn.Deliveries[0] with { Kind = DeliveryKind.Root }] },
            turn with { Deliveries = [turn.Deliveries[0], turn.Deliveries[0]] },
            alert with { Deliveries = [] },
            alert with { Deliveries = [alert.Deliveries[0] with { Kind = DeliveryKind.Reply }] },
        })
        {
            Assert.IsType<TurnOutcome.Refused>(await Ledger.CommitTurn(wrong, default));
        }

        Assert.Equal(0, (await _world.Read(thread)).PendingCount);
        Assert.NotEqual(thread, fresh);
        await group.Commit(turn);
    }

    [Fact]
    public async Task Sequences_and_positions_run_without_a_gap_whatever_was_refused_between()
    {
        var group = _world.Group();
        var (one, two) = (await group.Open(), await group.Open("C2"));
        for (int i = 0; i < 10; i++)
        {
            await group.Commit(group.Turn([one, two], [one]));
            await Ledger.CommitTurn(group.Turn(new Guid[][] { [one] }) with { Fence = group.Fence with { Epoch = 7 } }, default);
        }

        Assert.Equal(Enumerable.Range(2, 20).Select(n => (long)n), (await _world.Read(one)).Pending.Select(delivery => delivery.Position));
        Assert.Equal(Enumerable.Range(3, 20).Select(n => (long)n), (await _world.Read(one)).Pending.Select(delivery => delivery.Activity.Sequence));
        Assert.Equal(Enumerable.Range(2, 10).Select(n => (long)n), (await _world.Read(two)).Pending.Select(delivery => delivery.Position));
    }

    [Fact]
    public async Task By_256_callers_in_parallel_everything_is_taken_once_and_in_each_callers_order()
    {
        var groups = Enumerable.Range(0, 256).Select(i => _world.Group($"g{i}")).ToList();
        var threads = await Task.WhenAll(groups.Select(async (group, i) =>
        {
            var thread = await group.Announce($"C{i}");
            for (int n = 0; n < 5; n++)
            {
                await group.Accept(thread);
            }

            return thread;
        }));
        foreach (var thread in threads)
        {
            Assert.Equal([1L, 2, 3, 4, 5, 6], (await _world.Read(thread)).Pending.Select(delivery => delivery.Activity.Sequence));
        }

        await _world.Conserves();
    }
}
