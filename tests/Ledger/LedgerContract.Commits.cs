namespace ThreadGrains.Ledger.Tests;

/// <summary>Commits that fail or whose answer is lost, items that are wrong among good ones, texts that no database takes.</summary>
public abstract partial class LedgerContract
{
    private const string Nul = "a\0b";
    private const string HighAlone = "a\uD83Db";
    private const string LowAlone = "a\uDE00b";
    private const string Odd = "\u00e9\u4e16\ud83d\ude00 \u202e \"'\\ ;-- \u0001 %_ \r\n\t";

    /// <summary>By name: the test runner itself could not carry the texts.</summary>
    public static TheoryData<string> UnstorableTexts => ["nul", "high_alone", "low_alone"];

    private static string Text(string name) => name switch { "nul" => Nul, "high_alone" => HighAlone, _ => LowAlone };

    [Fact]
    public async Task Every_storable_text_comes_back_as_it_was()
    {
        var group = _world.Group("g1", Odd);
        var turn = group.AlertTurn(out var thread);
        turn = turn with
        {
            State = new GroupState(Odd, Odd, Odd),
            Issue = Odd,
            Keys = [turn.Keys[0] with { Receipt = Odd, Hash = [] }],
            Activities = [turn.Activities[0] with { SenderId = Odd, Type = Odd, Actor = Odd, Data = Odd + new string('x', 50_000), OccurredAt = In(-1) }],
            Threads = [turn.Threads[0] with { Channel = Odd, Rule = Odd, OpenPeriod = Odd }],
        };
        await group.Commit(turn);
        var work = await _world.Read(thread);
        Assert.Equal((turn.State, Odd, group.Name), (work.State, work.Issue, work.Group));
        Assert.Equal(turn.Activities[0] with { AcceptedAt = Clock.GetUtcNow() }, work.Pending[0].Activity);
        Assert.Equal((Odd, Odd, Odd), (work.Thread.Channel, work.Thread.Rule, work.Thread.OpenPeriod));
        var known = Assert.Single(Assert.IsType<TurnOutcome.Known>(await Ledger.CommitTurn(turn, default)).Keys);
        Assert.Equal(Odd, known.Receipt);
        Assert.Empty(known.Hash);
    }

    [Theory]
    [MemberData(nameof(UnstorableTexts))]
    public async Task A_text_that_no_database_stores_is_refused_for_its_turn_alone_wherever_it_stands(string name)
    {
        string text = Text(name);
        var good = Enumerable.Range(0, 20).Select(i => _world.Group($"good{i}")).ToList();
        var bad = _world.Group("bad");
        var turn = bad.AlertTurn(out _, "C99");
        var wrong = new[]
        {
            turn with { Name = turn.Name with { Organization = text } }, turn with { Name = turn.Name with { Group = text } },
            turn with { Fence = turn.Fence with { Owner = text } }, turn with { Issue = text },
            turn with { State = turn.State with { Status = text } }, turn with { State = turn.State with { Assignee = text } },
            turn with { State = turn.State with { Details = text } },
            turn with { Keys = [turn.Keys[0] with { Id = text }] }, turn with { Keys = [turn.Keys[0] with { Kind = text }] },
            turn with { Keys = [turn.Keys[0] with { Receipt = text }] },
            turn with { Activities = [turn.Activities[0] with { Kind = text }] }, turn with { Activities = [turn.Activities[0] with { SenderId = text }] },
            turn with { Activities = [turn.Activities[0] with { Type = text }] }, turn with { Activities = [turn.Activities[0] with { Actor = text }] },
            turn with { Activities = [turn.Activities[0] with { Data = text }] },
            turn with { Threads = [turn.Threads[0] with { Workspace = text }] }, turn with { Threads = [turn.Threads[0] with { Channel = text }] },
            turn with { Threads = [turn.Threads[0] with { Rule = text }] }, turn with { Threads = [turn.Threads[0] with { OpenPeriod = text }] },
            turn with { Threads = [turn.Threads[0] with { AdoptedTs = text }], Deliveries = [] },
        };
        var turns = good.Select((group, i) => group.AlertTurn(out _, $"C{i}")).ToList();
        var all = turns.Zip(wrong, (g, w) => new[] { g, w }).SelectMany(pair => pair).ToList();
        var outcomes = await Task.WhenAll(all.Select(one => Ledger.CommitTurn(one, default)));
        for (int i = 0; i < outcomes.Length; i++)
        {
            Assert.IsType(i % 2 == 0 ? typeof(TurnOutcome.Taken) : typeof(TurnOutcome.Refused), outcomes[i]);
        }

        Assert.Null(await Ledger.LoadGroup("acme", "bad", default));
        await bad.Commit(turn);
        Assert.Equal("""{"title":"It broke"}""", (await Ledger.LoadGroup("acme", "good7", default))!.Issue);
        await _world.Conserves();
    }

    [Theory]
    [MemberData(nameof(UnstorableTexts))]
    public async Task What_cannot_be_stored_cannot_be_found(string name)
    {
        string text = Text(name);
        var group = _world.Group("a\uFFFDb");
        await group.Announce("a\uFFFDb");
        Assert.Null(await Ledger.LoadGroup("acme", text, default));
        Assert.Null(await Ledger.ReportGroup(text, "g1", default));
        Assert.Null(await Ledger.FindGroupOfMessage("T1", text, "1.000000", null, default));
        Assert.Empty(await Ledger.ReportDeliveries(new DeliveryQuery("acme", Group: text), default));
        Assert.Empty(await Ledger.ParkedGroups("T1", text, null, 10, default));
        Assert.Empty(await Ledger.ReportChannels("acme", text, null, 10, default));
    }

    [Theory]
    [MemberData(nameof(UnstorableTexts))]
    public async Task A_result_is_never_lost_for_a_character_in_its_reason(string name)
    {
        string text = Text(name);
        var (group, thread, replies) = await OpenWith(3);
        await _world.Settles(await group.Claim(thread), new PostResult.Dead(text));
        Assert.Equal("a\uFFFDb", (await _world.Delivery(replies[0])).Reason);
        var post = await group.Claim(thread);
        await _world.Settles(post, new PostResult.Doubt(text, true, In(5)));
        await group.Step(post, new DoubtStep.ReadLater(In(5), text));
        await group.Step(post, new DoubtStep.GiveUp(text));
        await _world.Settles(await group.Claim(thread), new PostResult.TryAgain(In(1), text, true));
        Assert.Equal(WriteOutcome.Done, await Ledger.Park(group.Fence, thread, text, null, default));
        Assert.Equal(WriteOutcome.Done, await Ledger.CloseThread(group.Fence, thread, text, default));
    }

    [Fact]
    public async Task An_unstorable_ts_is_a_bug_of_its_caller_and_leaves_the_post_as_it_was()
    {
        var (group, thread, _) = await OpenWith(1);
        var post = await group.Claim(thread);
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Settle(post, new PostResult.Sent(Nul), default));
        Assert.Equal(PostState.Sending, (await _world.Post(post)).State);
        await _world.Settles(post, new PostResult.Sent("1700000900.000000"));
    }

    [Fact]
    public async Task An_unstorable_owner_is_a_bug_of_its_caller_whatever_it_writes_but_a_turn()
    {
        var (group, thread, replies) = await OpenWith(1);
        var claim = group.ClaimOf(thread, PostKind.Reply, replies);
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.Claim(claim with { Fence = group.TakeOverBy(Nul) }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.CloseThread(group.TakeOverBy(HighAlone), thread, "x", default));
        Assert.Equal(1, (await group.Load()).Epoch);
        await group.Claim(thread);
    }

    [Fact]
    public async Task A_bug_in_one_item_leaves_its_neighbours_alone()
    {
        var groups = Enumerable.Range(0, 10).Select(i => _world.Group($"g{i}")).ToList();
        var post = Guid.Empty;
        var good = groups.Select((group, i) => Ledger.CommitTurn(group.AlertTurn(out _, $"C{i}"), default)).ToList();
        var bad = Ledger.Settle(post, new PostResult.Sent("1.000000"), default);
        var more = _world.Group("more");
        good.Add(Ledger.CommitTurn(more.AlertTurn(out _, "C11"), default));
        await Assert.ThrowsAsync<ArgumentException>(() => bad);
        Assert.All(await Task.WhenAll(good), outcome => Assert.IsType<TurnOutcome.Taken>(outcome));
    }

    [Fact]
    public async Task What_fails_before_after_or_without_having_written_anything_leaves_its_neighbours_alone()
    {
        var taken = _world.NewTs();
        await _world.Group("taken").Open("C0", ts: taken);
        var settled = new List<(Guid Thread, Guid Post, Task<SettleOutcome> Outcome)>();
        var broken = new List<Task>();
        var waiting = new List<(TestGroup Group, Guid Thread, Guid Post)>();
        for (int i = 0; i < 40; i++)
        {
            var (group, thread, _) = await OpenWith(2, $"g{i}", $"C{i}");
            waiting.Add((group, thread, await group.Claim(thread)));
        }

        var root = _world.Group("root");
        var second = await root.Announce("C0");
        var late = await root.Claim(second);
        foreach (var (group, thread, post) in waiting)
        {
            settled.Add((thread, post, Ledger.Settle(post, new PostResult.Sent(_world.NewTs()), default)));
            switch (settled.Count % 4)
            {
                case 0:
                    broken.Add(Ledger.Claim(group.ClaimOf(thread, PostKind.Reply), default));               // nothing was asked yet
                    break;
                case 1:
                    broken.Add(Ledger.Settle(Guid.Empty, new PostResult.Sent(_world.NewTs()), default));      // something was asked
                    break;
                case 2:
                    broken.Add(Ledger.Settle(post, new PostResult.Sent(Nul), default));                       // something may have been written
                    break;
                case 3 when settled.Count == 19:
                    broken.Add(Ledger.Settle(late, new PostResult.Sent(taken), default));                     // one statement of several is undone
                    break;
            }
        }

        var errors = new List<Exception?>();
        foreach (var task in broken)
        {
            errors.Add(await Record.ExceptionAsync(() => task));
        }

        Assert.Null(Assert.Single(errors, static error => error is not ArgumentException));          // the root: not an error
        Assert.All(await Task.WhenAll(settled.Select(one => one.Outcome)), outcome => Assert.IsType<SettleOutcome.Settled>(outcome));
        foreach (var (thread, post, _) in settled)
        {
            var work = await _world.Read(thread);
            Assert.Equal((2L, 1, null), (work.Thread.Sent, work.PendingCount, work.InFlight));
            Assert.Equal(PostState.Sent, (await _world.Post(post)).State);
        }

        Assert.Equal("message_taken", (await _world.Read(second)).Thread.Reason);
        await _world.Conserves();
    }

    [Theory]
    [InlineData(PlantedFault.RefuseBeforeCommit)]
    [InlineData(PlantedFault.LoseCommit)]
    [InlineData(PlantedFault.LoseAnswer)]
    public async Task After_a_failed_or_lost_commit_the_keys_tell_the_truth(PlantedFault fault)
    {
        var group = _world.Group();
        var thread = await group.Open();
        var turn = group.Turn(new Guid[][] { [thread] });
        _world.Store.Plant(fault);
        var outcome = await Ledger.CommitTurn(turn, default);
        Assert.IsType(fault == PlantedFault.RefuseBeforeCommit ? typeof(TurnOutcome.Unavailable) : typeof(TurnOutcome.Unknown), outcome);

        bool written = fault == PlantedFault.LoseAnswer;
        Assert.Equal(written ? 1 : 0, (await _world.Read(thread)).PendingCount);
        Assert.IsType(written ? typeof(TurnOutcome.Known) : typeof(TurnOutcome.Taken), await Ledger.CommitTurn(turn, default));
        Assert.Equal(1, (await _world.Read(thread)).PendingCount);
        Assert.Equal(3, (await group.Load()).NextSequence);
        await _world.Conserves();
    }

    [Theory]
    [InlineData(PlantedFault.RefuseBeforeCommit)]
    [InlineData(PlantedFault.LoseCommit)]
    [InlineData(PlantedFault.LoseAnswer)]
    public async Task After_a_failed_or_lost_claim_the_post_tells_the_truth(PlantedFault fault)
    {
        var (group, thread, replies) = await OpenWith(1);
        var claim = group.ClaimOf(thread, PostKind.Reply, replies);
        _world.Store.Plant(fault);
        var outcome = await Ledger.Claim(claim, default);
        Assert.IsType(fault == PlantedFault.RefuseBeforeCommit ? typeof(ClaimOutcome.Unavailable) : typeof(ClaimOutcome.Unknown), outcome);
        Assert.Equal(fault == PlantedFault.LoseAnswer, await Ledger.ReadPost(claim.Post, default) is not null);
        Assert.IsType(fault == PlantedFault.LoseAnswer ? typeof(ClaimOutcome.NotNow) : typeof(ClaimOutcome.Claimed), await Ledger.Claim(claim, default));
        Assert.Equal(1, (await _world.Read(thread)).InFlightMembers[0].Attempts);
    }

    public static TheoryData<string, PlantedFault> LostResults()
    {
        var data = new TheoryData<string, PlantedFault>();
        foreach (string result in new[] { "sent", "orphaned", "try_again", "dead", "thread_gone", "doubt" })
        {
            foreach (var fault in Enum.GetValues<PlantedFault>())
            {
                data.Add(result, fault);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(LostResults))]
    public async Task A_result_written_again_by_token_counts_once(string name, PlantedFault fault)
    {
        PostResult result = name switch
        {
            "sent" => new PostResult.Sent("1700000900.000000"),
            "orphaned" => new PostResult.Orphaned("1700000900.000000"),
            "try_again" => new PostResult.TryAgain(In(30), "x", true),
            "dead" => new PostResult.Dead("x"),
            "thread_gone" => new PostResult.ThreadGone("x"),
            _ => new PostResult.Doubt("x", true, In(5)),
        };
        var (group, thread, _) = await OpenWith(2);
        var post = await group.Claim(thread);
        _world.Store.Plant(fault);
        var outcome = await Ledger.Settle(post, result, default);
        Assert.IsType(fault == PlantedFault.RefuseBeforeCommit ? typeof(SettleOutcome.Unavailable) : typeof(SettleOutcome.Unknown), outcome);
        var before = await _world.Thread(group, thread);
        await _world.Settles(post, result);
        if (fault == PlantedFault.LoseAnswer)
        {
            Assert.Equal(before, await _world.Thread(group, thread));
        }

        Assert.Empty((await _world.Read(thread)).Observations);
        await _world.Conserves();
    }

    public static TheoryData<string, PlantedFault> LostWrites()
    {
        var data = new TheoryData<string, PlantedFault>();
        foreach (string write in new[] { "close", "observe", "end_observation", "park", "begin", "absent_once", "edit", "cleanup", "confirm", "replay" })
        {
            foreach (var fault in Enum.GetValues<PlantedFault>())
            {
                data.Add(write, fault);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(LostWrites))]
    public async Task Every_other_write_says_when_it_failed_and_is_safe_to_read_or_repeat(string name, PlantedFault fault)
    {
        var (group, thread, replies) = await OpenWith(2);
        Func<Task<WriteOutcome>> write;
        Func<Task<bool>> isWritten;
        switch (name)
        {
            case "close":
                write = () => Ledger.CloseThread(group.Fence, thread, "x", default);
                isWritten = async () => (await _world.Thread(group, thread)).State == ThreadState.Closed;
                break;
            case "observe":
                var absent = await group.AbsentTwice(thread);
                write = () => Ledger.Observe(absent, "1700000900.000000", "event", "slack", default);
                isWritten = async () => (await _world.Read(thread)).Observations.Count == 1;
                break;
            case "end_observation":
                var seen = await Sees(thread, await group.AbsentTwice(thread), "1700000900.000000");
                write = () => Ledger.EndObservation(group.Fence, seen.Id, default);
                isWritten = async () => (await _world.Delivery(replies[0])).State == DeliveryState.Sent;
                break;
            case "park":
                write = () => Ledger.Park(group.Fence, thread, "is_archived", In(60), default);
                isWritten = async () => (await _world.Thread(group, thread)).Parked is not null;
                break;
            case "begin":
                var claimed = await group.Claim(thread);
                Clock.Advance(TimeSpan.FromSeconds(10));
                write = () => Ledger.StepDoubt(group.Fence, claimed, new DoubtStep.Begin(In(15)), default);
                isWritten = async () => (await _world.Post(claimed)).State == PostState.InDoubt;
                break;
            case "absent_once":
                var doubted = await group.Doubt(thread);
                write = () => Ledger.StepDoubt(group.Fence, doubted, new DoubtStep.AbsentOnce(In(15)), default);
                isWritten = async () => (await _world.Post(doubted)).AbsentReads == 1;
                break;
            case "edit":
                await Wants(group, thread);
                var token = _world.NewId();
                await ClaimEdit(group, thread, token);
                write = () => Ledger.SettleEdit(token, new EditResult.Shown(1), default);
                isWritten = async () => (await _world.Thread(group, thread)).RevisionShown == 1;
                break;
            case "cleanup":
                await _world.Settles(await group.Claim(thread), new PostResult.Orphaned("1700000900.000000"));
                var cleanup = (await _world.Read(thread)).Cleanups[0].Id;
                write = () => Ledger.SettleCleanup(cleanup, null, default);
                isWritten = async () => (await _world.Read(thread)).Cleanups.Count == 0;
                break;
            case "confirm":
                var adopted = await group.Announce("C5", adoptedTs: "1700000000.000001");
                write = () => Ledger.ConfirmParent(group.Fence, adopted, "1700000000.000001", default);
                isWritten = async () => (await _world.Thread(group, adopted)).LookedUp;
                break;
            default:
                await _world.Settles(await group.Claim(thread), new PostResult.Dead("x"));
                write = async () => (await Ledger.Replay(group.Fence, [replies[0]], default))[0] switch
                {
                    ReplayOutcome.Replayed or ReplayOutcome.NotDead => WriteOutcome.Done,
                    ReplayOutcome.Unavailable => fault == PlantedFault.RefuseBeforeCommit ? WriteOutcome.Unavailable : WriteOutcome.Unknown,
                    _ => WriteOutcome.NotPossible,
                };
                isWritten = async () => (await _world.Delivery(replies[0])).Late;
                break;
        }

        _world.Store.Plant(fault);
        Assert.Equal(fault == PlantedFault.RefuseBeforeCommit ? WriteOutcome.Unavailable : WriteOutcome.Unknown, await write());
        bool written = await isWritten();
        Assert.Equal(fault == PlantedFault.LoseAnswer, written);
        if (!written || name != "absent_once")
        {
            Assert.Equal(WriteOutcome.Done, await write());
        }

        Assert.True(await isWritten());
        await _world.Conserves();
    }

    [Fact]
    public async Task A_failed_commit_concerns_all_of_its_batch_and_nobody_else()
    {
        var groups = Enumerable.Range(0, 50).Select(i => _world.Group($"g{i}")).ToList();
        _world.Store.Plant(PlantedFault.RefuseBeforeCommit);
        var outcomes = await Task.WhenAll(groups.Select((group, i) => Ledger.CommitTurn(group.AlertTurn(out _, $"C{i}"), default)));
        Assert.Contains(outcomes, outcome => outcome is TurnOutcome.Unavailable);
        for (int i = 0; i < groups.Count; i++)
        {
            Assert.Equal(outcomes[i] is TurnOutcome.Taken, await Ledger.LoadGroup("acme", $"g{i}", default) is not null);
        }
    }

    [Fact]
    public async Task A_write_given_up_before_it_began_writes_nothing()
    {
        var group = _world.Group();
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Ledger.CommitTurn(group.AlertTurn(out _), over.Token));
        Assert.Null(await Ledger.LoadGroup("acme", "g1", default));
    }

    [Fact]
    public async Task A_disposed_ledger_says_so_after_it_has_committed_what_waited()
    {
        var groups = Enumerable.Range(0, 100).Select(i => _world.Group($"g{i}")).ToList();
        var ledger = Ledger;
        var waiting = groups.Select((group, i) => ledger.CommitTurn(group.AlertTurn(out _, $"C{i}"), default)).ToList();
        await _world.Store.Reopen();
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.IsType<TurnOutcome.Taken>(outcome));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledger.CommitTurn(_world.Group("late").AlertTurn(out _), default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledger.LoadGroup("acme", "g1", default));
        Assert.NotNull(await Ledger.LoadGroup("acme", "g99", default));
    }
}
