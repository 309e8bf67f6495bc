using Microsoft.Extensions.Time.Testing;

namespace ThreadGrains.Ledger.Tests;

/// <summary>
/// The contract as a property: thousands of operations drawn from a seed against one ledger, legal and illegal ones, with faults
/// and reopenings between; after every step what must always hold is recomputed from what the ledger shows. The stories of several
/// seeds are played side by side, each in a ledger of its own, since most of each is waiting for a disk.
/// </summary>
public abstract class LedgerStories
{
    // Former finds and a few more; a fresh seed beside them in every run.
    protected virtual int[] Seeds => [1, 2, 3, 4, 5, Environment.TickCount & 0xffff];

    /// <summary>A fresh, empty ledger by that clock.</summary>
    protected abstract Task<LedgerStore> OpenStore(TimeProvider clock);

    [Fact]
    public Task Whatever_happens_nothing_is_lost_order_holds_and_wake_at_is_right() => Task.WhenAll(Seeds.Select(seed => Task.Run(() => Play(seed))));

    private async Task Play(int seed)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var store = await OpenStore(clock);
        var story = new RandomStory(new World(store, clock), new Random(seed));
        try
        {
            await story.Play(steps: 400);
        }
        catch (Exception error)
        {
            Assert.Fail($"Seed {seed}, step {story.Step}: {error}\n{string.Join('\n', story.Log.TakeLast(15))}");
        }
    }

    private sealed class RandomStory(World world, Random random)
    {
        private readonly List<TestGroup> _groups = [world.Group("g0"), world.Group("g1")];
        private readonly List<(TestGroup Group, Guid Thread)> _threads = [];
        private readonly List<Guid> _posts = [];
        private readonly Dictionary<Guid, long> _acceptedOf = [];
        private readonly HashSet<Guid> _accepted = [];
        private int _channels;

        // The group of the last step; null: all of them.
        private TestGroup? _touched;

        public int Step { get; private set; }

        public List<string> Log { get; } = [];

        private DateTimeOffset Soon => world.Now.AddSeconds(random.Next(0, 30));

        public async Task Play(int steps)
        {
            for (Step = 0; Step < steps; Step++)
            {
                if (random.Next(40) == 0)
                {
                    world.Store.Plant((PlantedFault)random.Next(3));
                    Log.Add("fault");
                }

                await Act();
                if (random.Next(3) == 0)
                {
                    world.Clock.Advance(TimeSpan.FromSeconds(random.Next(0, 15)));
                }

                if (random.Next(80) == 0)
                {
                    await world.Store.Reopen();
                    _touched = null;
                }

                await Check();
            }
        }

        private async Task Act()
        {
            var group = _groups[random.Next(_groups.Count)];
            _touched = group;
            if (group.Epoch == 0 || _threads.Count < 2 || random.Next(25) == 0)
            {
                await Accept(group, group.AlertTurn(out var fresh, $"C{_channels++}", adoptedTs: random.Next(5) == 0 ? world.NewTs() : null), fresh);
                return;
            }

            var mine = _threads.FindAll(pair => pair.Group == group);
            if (mine.Count == 0)
            {
                return;
            }

            var thread = mine[random.Next(mine.Count)].Thread;
            var work = await world.Read(thread);
            switch (random.Next(25))
            {
                case 0 or 1 or 2:
                    var turn = group.Turn([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new[] { thread })]);
                    turn = random.Next(3) == 0 ? group.Clicked(turn) : turn;
                    await Accept(group, random.Next(4) == 0 ? turn with { WantedRevisions = [thread] } : turn, null);
                    break;
                case 3 or 4 or 5 or 6 or 7:
                    await Claim(group, thread, work);
                    break;
                case 8 or 9 or 10 or 11 when work.InFlight is not null:
                    await Settle(work.InFlight);
                    break;
                case 12 or 13 when work.InFlight is not null:
                    await Doubt(group, work.InFlight.Id);
                    break;
                case 14 when _posts.Count > 0:
                    var post = await world.Ledger.ReadPost(_posts[random.Next(_posts.Count)], default);
                    if (post is not null)
                    {
                        await (random.Next(2) == 0 ? Settle(post) : Say(world.Ledger.Observe(post.Id, world.NewTs(), "event", "slack", default), "observe"));
                    }

                    break;
                case 15 or 16 when work.Observations.Count > 0:
                    await Say(world.Ledger.EndObservation(group.Fence, work.Observations[random.Next(work.Observations.Count)].Id, default), "end observation");
                    break;
                case 17 when work.Cleanups.Count > 0:
                    await Say(world.Ledger.SettleCleanup(work.Cleanups[0].Id, random.Next(2) == 0 ? Soon : null, default), "cleanup");
                    break;
                case 18:
                    await Trouble(group, thread, work);
                    break;
                case 19:
                    var dead = await world.Ledger.ReportDeliveries(new DeliveryQuery("acme", group.Name.Group, State: DeliveryState.Dead, Limit: 3), default);
                    Log.Add($"replay {string.Join(',', await world.Ledger.Replay(group.Fence, [.. dead.Select(one => one.Id)], default))}");
                    break;
                case 20:
                    await Edit(group, thread, work);
                    break;
                case 21 when random.Next(3) == 0:
                    _touched = null;
                    Log.Add($"history {await world.Ledger.MoveToHistory(world.Now.AddSeconds(-20), random.Next(1, 50), default)}");
                    break;
                case 22 or 23 or 24:
                    await Callback(group);
                    break;
            }
        }

        private async Task Callback(TestGroup group)
        {
            if (await world.Ledger.ReadCallback(group.Id, default) is { } head)
            {
                CallbackResult result = random.Next(5) switch
                {
                    0 or 1 => new CallbackResult.Delivered(),
                    2 => new CallbackResult.TryAgain(Soon, "retry:503"),
                    3 => new CallbackResult.Postponed(Soon, "parked:not_configured"),
                    _ => new CallbackResult.Dead("gone"),
                };
                // Now and then the result of a try that another owner was quicker to write.
                await Say(world.Ledger.SettleCallback(head.Id, head.Attempts - (random.Next(5) == 0 ? 1 : 0), result, default), $"callback {result.GetType().Name}");
            }
        }

        private async Task Accept(TestGroup group, Turn turn, Guid? thread)
        {
            var outcome = await world.Ledger.CommitTurn(turn, default);
            Log.Add($"turn {outcome.GetType().Name}");
            bool taken = outcome is TurnOutcome.Taken;
            if (outcome is TurnOutcome.Unknown)
            {
                taken = (await world.Ledger.LoadGroup("acme", group.Name.Group, default))?.NextSequence == turn.FirstSequence + turn.Activities.Count;
            }

            if (!taken)
            {
                return;
            }

            group.Took(turn);
            if (thread is { } registered)
            {
                _threads.Add((group, registered));
            }

            _accepted.UnionWith(turn.Callbacks.Select(callback => callback.Id));
            foreach (var delivery in turn.Deliveries)
            {
                _accepted.Add(delivery.Id);
                _acceptedOf[delivery.Thread] = _acceptedOf.GetValueOrDefault(delivery.Thread) + 1;
            }
        }

        private async Task Claim(TestGroup group, Guid thread, ThreadWork work)
        {
            if (work.Pending.Count == 0)
            {
                return;
            }

            // Now and then not what comes next: it must not get through.
            int from = random.Next(6) == 0 ? random.Next(work.Pending.Count) : 0;
            int count = work.Pending[from].Kind == DeliveryKind.Root ? 1 : Math.Min(random.Next(1, 4), work.Pending.Count - from);
            var kind = work.Pending[from].Kind == DeliveryKind.Root ? PostKind.Root : count > 1 ? PostKind.Digest : PostKind.Reply;
            var claim = group.ClaimOf(thread, kind, [.. work.Pending.Skip(from).Take(count).Select(one => one.Id)]);
            var outcome = await world.Ledger.Claim(claim, default);
            Log.Add($"claim {outcome.GetType().Name} of {count} from {from}");
            if (outcome is ClaimOutcome.Claimed)
            {
                Assert.Equal(0, from);
                Assert.Null(work.InFlight);
                Assert.Empty(work.Observations);
                Assert.NotEqual(ThreadState.Closed, work.Thread.State);
                Assert.All(work.Pending.Take(count), one => Assert.True(one.DueAt <= world.Now && one.DoubtPost is null));
            }

            if (outcome is ClaimOutcome.Claimed or ClaimOutcome.Unknown)
            {
                _posts.Add(claim.Post);
            }
        }

        private Task Settle(PostRow post)
        {
            PostResult result = random.Next(9) switch
            {
                0 or 1 or 2 => new PostResult.Sent(world.NewTs(), Soon),
                3 or 4 => new PostResult.TryAgain(Soon, "rate_limited", random.Next(2) == 0),
                5 or 6 => new PostResult.Doubt("timeout", true, Soon),
                7 => new PostResult.Dead("msg_too_long"),
                _ => random.Next(4) > 0 ? new PostResult.Sent(world.NewTs(), Soon)
                    : post.Kind == PostKind.Root ? new PostResult.ThreadGone("x") : new PostResult.Orphaned(world.NewTs()),
            };
            return Say(world.Ledger.Settle(post.Id, result, default), $"settle {result.GetType().Name}");
        }

        private Task Doubt(TestGroup group, Guid post)
        {
            DoubtStep step = random.Next(9) switch
            {
                0 => new DoubtStep.Begin(Soon),
                1 or 2 or 3 => new DoubtStep.AbsentOnce(Soon),
                4 or 5 => new DoubtStep.Absent(),
                6 => new DoubtStep.ReadLater(Soon, "x"),
                7 => new DoubtStep.GiveUp("in_doubt"),
                _ => random.Next(3) == 0 ? new DoubtStep.ParentGone() : new DoubtStep.Resend(),
            };
            return Say(world.Ledger.StepDoubt(group.Fence, post, step, default), $"step {step.GetType().Name}");
        }

        private Task Trouble(TestGroup group, Guid thread, ThreadWork work) => random.Next(8) switch
        {
            _ when work.Thread.State == ThreadState.Closed && random.Next(3) == 0 => Say(world.Ledger.ReopenThread(group.Fence, thread, default), "open again"),
            0 when random.Next(2) == 0 => Say(world.Ledger.CloseThread(group.Fence, thread, "by_hand", default), "close"),
            1 or 2 => Say(world.Ledger.Park(group.Fence, thread, "is_archived", random.Next(2) == 0 ? Soon : null, default), "park"),
            3 => Say(world.Ledger.Park(group.Fence, thread, null, null, default), "unpark"),
            4 => Say(world.Ledger.Expire(group.Fence, thread, world.Now.AddSeconds(-30), default), "expire"),
            5 when work.Thread is { Adopted: true, LookedUp: false } => Say(world.Ledger.PostponeLookUp(group.Fence, thread, Soon, default), "postpone"),
            6 when work.Thread.Ts is not null => Say(world.Ledger.ConfirmParent(group.Fence, thread, work.Thread.Ts, default), "confirm"),
            7 when work.Pending is [{ DoubtPost: { } post }, ..] => Say(world.Ledger.StepDoubt(group.Fence, post, new DoubtStep.Reopen(Soon), default), "reopen"),
            _ when work.Verify is { } verify => Say(world.Ledger.SettleVerification(verify.Id, random.Next(2) == 0 ? Soon : null, default), "verify"),
            _ => Task.CompletedTask,
        };

        private async Task Edit(TestGroup group, Guid thread, ThreadWork work)
        {
            var token = work.Thread.EditToken ?? world.NewId();
            if (work.Thread.EditToken is null)
            {
                await Say(world.Ledger.ClaimEdit(group.Fence, thread, token, TimeSpan.FromSeconds(10), default), "claim edit");
            }

            EditResult result = random.Next(6) switch
            {
                0 => new EditResult.TryAgain(Soon),
                1 when random.Next(10) == 0 => new EditResult.Off(),
                _ => new EditResult.Shown(work.Thread.RevisionWanted),
            };
            if (random.Next(2) == 0)
            {
                await Say(world.Ledger.SettleEdit(token, result, default), "settle edit");
            }
        }

        private async Task Say<T>(Task<T> write, string what) => Log.Add($"{what}: {await write}");

        private async Task Check()
        {
            await world.Conserves();
            // What a step did to a group shows there at once; what it must not have done to another one, within ten.
            foreach (var group in _groups.Where(group => group.Epoch > 0 && (_touched is null || group == _touched || Step % 10 == 0)))
            {
                var due = new List<DateTimeOffset>();
                foreach (var (_, thread) in _threads.Where(pair => pair.Group == group))
                {
                    var work = await world.Read(thread);
                    Assert.Equal(_acceptedOf.GetValueOrDefault(thread), work.Thread.Made);
                    Assert.True(work.PendingCount == work.Pending.Count, "pending count");
                    Assert.True(work.Thread.State != ThreadState.Closed || work.Pending.Count == 0, "pending in a closed thread");
                    Assert.Equal(work.InFlight is null, work.InFlightMembers.Count == 0);
                    due.AddRange(WakeMoments(work));
                }

                var head = await world.Ledger.ReadCallback(group.Id, default);
                var told = await world.Ledger.ReportDeliveries(
                    new DeliveryQuery("acme", group.Name.Group, State: DeliveryState.Pending, Limit: 100_000, Kind: DeliveryKind.Callback), default);
                Assert.Equal(told.MinBy(callback => callback.Sequence)?.Id, head?.Id);
                if (head is not null)
                {
                    due.Add(head.DueAt);
                }

                var wake = (await group.Load()).WakeAt;
                DateTimeOffset? expected = due.Count == 0 ? null : due.Min();
                Assert.True(expected == DateTimeOffset.MinValue ? wake <= world.Now : expected == wake, $"wake_at {wake:O}, expected {expected:O}");
            }

            if (Step % 20 == 0)
            {
                var reported = await world.Ledger.ReportDeliveries(new DeliveryQuery("acme", Limit: 100_000), default);
                Assert.Equal(_accepted.Count, reported.Count);
                Assert.Equal(_accepted, [.. reported.Select(one => one.Id)]);
            }
        }

        /// <summary>By brute force, from what the thread shows. An observation counts as long ago.</summary>
        private static IEnumerable<DateTimeOffset> WakeMoments(ThreadWork work)
        {
            if (work.InFlight is { } post)
            {
                yield return post.State == PostState.Sending ? post.NotAfter : post.ReadAt!.Value;
            }
            else if (work.Pending.Count > 0 && work.Thread.LookedUp)
            {
                var (due, probe) = (work.Pending[0].DueAt, work.Thread.ProbeAt);
                yield return work.Thread.Parked is not null && probe > due ? probe.Value : due;
            }

            if (work.Observations.Any(one => work.InFlight is null || work.InFlight.Id == one.Post))
            {
                yield return DateTimeOffset.MinValue;
            }

            foreach (var moment in work.Cleanups.Select(one => (DateTimeOffset?)one.DueAt)
                .Append(work.Verify?.VerifyAt).Append(work.Thread.EditDueAt).Append(work.Thread.LookUpDueAt))
            {
                if (moment is { } at)
                {
                    yield return at;
                }
            }
        }
    }
}
