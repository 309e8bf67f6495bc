using System.Text;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Simulation.Checks;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.World;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Simulation.Slack;

/// <summary>
/// Slack as the drivers of one silo reach it in one workspace. Requests are the product's own bytes, the window is the product's
/// own and is asked where its client asks it, and what the answer means is the product's own table; only the wire is simulated.
/// </summary>
internal sealed class SlackWire(
    string workspace, FakeSlack slack, Simulator simulator, Node node, Trouble trouble, PostingCheck check, DeliveryOptions times) : IThreadSlack
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long after its first byte a post that was given up may still arrive: what linger 0 and the socket's bound leave.</summary>
    private const double PostBoundMilliseconds = 13_500;

    /// <summary>The same for an edit: the ledger counts it as lost 5 s after its window.</summary>
    private const double EditBoundMilliseconds = 4_500;

    /// <summary>What a proxy or a login page answers in place of Slack.</summary>
    private static readonly Served[] Strange = [new(200, "<html>"), new(200, ""), new(200, "{}"), new(204, ""), new(302, ""), new(403, "<html>"), new(404, "<html>")];

    private readonly SendWindowLimits _limits = new(times.Window * 0.9, times.Window);

    public SendWindow OpenWindow() => SendWindow.Open(node.Clock, _limits);

    public async Task<PostOutcome> PostRoot(RootMessage message, SendWindow window, CancellationToken cancellation) => await Post(message, window);

    public async Task<PostOutcome> PostReply(ReplyMessage message, SendWindow window, CancellationToken cancellation) => await Post(message, window);

    public async Task<CallOutcome<UpdatedMessage>> Update(MessageUpdate update, SendWindow window, CancellationToken cancellation)
    {
        var call = new Call(Io.Edit, "chat.update", window.CallTimeLeft, _ => slack.Update(workspace, update.ToBytes()), EditBoundMilliseconds)
        {
            Window = window,
            BytesLeave = _ => check.EditLeaves(update, simulator.Now, node),
        };
        return PostOutcomes.Classify(await Exchange(call), root => UpdatedMessage.Read(root, update.Channel));
    }

    public async Task<CallOutcome<DeletedMessage>> Delete(string channel, SlackTs ts, CancellationToken cancellation)
    {
        var call = new Call(
            Io.Delete, "chat.delete", ReadTimeout, _ => slack.Delete(new ChannelAddress(workspace, channel), ts.ToString(), byPerson: false), PostBoundMilliseconds);
        return PostOutcomes.Classify(await Exchange(call), _ => new DeletedMessage(channel, ts, WasThere: true)) switch
        {
            CallOutcome<DeletedMessage>.Refused { Error: "message_not_found" } => new CallOutcome<DeletedMessage>.Ok(new DeletedMessage(channel, ts, WasThere: false), SlackHeaders.None),
            var outcome => outcome,
        };
    }

    public Task<CallOutcome<MessagePage>> Replies(string channel, SlackTs parent, SlackTs? oldest, string? cursor, CancellationToken cancellation) => Read(
        "conversations.replies", () => slack.Replies(new ChannelAddress(workspace, channel), parent.ToString(), oldest?.ToString(), cursor, PageSize()));

    public Task<CallOutcome<MessagePage>> History(string channel, SlackTs? oldest, SlackTs? latest, bool inclusive, string? cursor, CancellationToken cancellation) => Read(
        "conversations.history", () => slack.History(new ChannelAddress(workspace, channel), oldest?.ToString(), cursor, PageSize()));

    public Task<CallOutcome<SlackChannel>> Join(string channel, CancellationToken cancellation) =>
        Task.FromResult<CallOutcome<SlackChannel>>(new CallOutcome<SlackChannel>.Ok(new SlackChannel { Id = channel }, SlackHeaders.None));

    public Task<Func<ReadMessage, bool>?> RecognizeOwn(CancellationToken cancellation) => Task.FromResult<Func<ReadMessage, bool>?>(message => message.BotId == "B1");

    private int PageSize() => simulator.Chance.Next(1, 5);

    private async Task<PostOutcome> Post(OutgoingMessage message, SendWindow window)
    {
        string? licence = null;
        var post = message.Marker.Post;
        var call = new Call(
            Io.Post, "chat.postMessage", window.CallTimeLeft, _ => slack.Post(workspace, message.ToBytes(), licence), PostBoundMilliseconds)
        {
            Window = window,
            BytesLeave = frozen => licence = check.BytesLeave(post, (message as ReplyMessage)?.ThreadTs.ToString(), simulator.Now, node, frozen),
            IsOver = () => check.IsOver(post),
        };
        return PostOutcomes.Classify(await Exchange(call), message.Channel);
    }

    private async Task<CallOutcome<MessagePage>> Read(string method, Func<Served> serve) =>
        PostOutcomes.Classify(await Exchange(new Call(Io.Read, method, ReadTimeout, _ => serve(), 0)), MessagePage.Read);

    /// <summary>One call.</summary>
    /// <param name="Io">What it is.</param>
    /// <param name="Method">Slack's name for it.</param>
    /// <param name="Timeout">The caller gives up then.</param>
    /// <param name="Serve">What Slack does, once the request has arrived.</param>
    /// <param name="Bound">Milliseconds after the first byte after which none of it arrives any more.</param>
    private sealed record Call(Io Io, string Method, TimeSpan Timeout, Func<Fault, Served> Serve, double Bound)
    {
        /// <summary>Asked just before the first byte.</summary>
        public SendWindow? Window { get; init; }

        /// <summary>Told that the first byte leaves, and whether the process froze since it asked the window.</summary>
        public Action<bool>? BytesLeave { get; init; }

        /// <summary>Told that nothing of the request is under way any more.</summary>
        public Action? IsOver { get; init; }
    }

    private async Task<Exchange> Exchange(Call call)
    {
        if (call.Timeout <= TimeSpan.Zero)
        {
            return new Exchange.NeverBegan("window_closed");
        }

        var fault = trouble.Next(call.Io);
        // A connection is had at once, or after the three seconds that connecting may take.
        await Pass(simulator.Happens(0.02) ? simulator.Between(500, 3_000) : simulator.Between(0.1, 2), "connected");
        if (fault == Fault.Refused)
        {
            return new Exchange.NeverBegan("refused");
        }

        if (call.Window is { AllowsFirstByte: false })
        {
            return new Exchange.NeverBegan("window_closed");
        }

        if (fault == Fault.FrozenAtSocket)
        {
            await FreezeHere();
        }

        call.BytesLeave?.Invoke(fault == Fault.FrozenAtSocket);
        simulator.History.Happened(simulator.Now, node.Name, call.Method, fault == Fault.None ? null : fault.ToString());
        return await Send(call, fault);
    }

    private Task<Exchange> Send(Call call, Fault fault)
    {
        var answer = new TaskCompletionSource<Exchange>();
        bool arrived = false;
        bool killed = false;
        var timeout = simulator.After(call.Timeout, node, NodeClock.TimerFired, () =>
        {
            // Linger 0 kills what was not sent yet; what a router holds is beyond it.
            killed = !arrived && fault != Fault.Late;
            Over(killed);
            answer.TrySetResult(new Exchange.BrokenOff("timeout"));
        });

        var travel = fault switch
        {
            Fault.Late => simulator.Between(call.Bound / 4, call.Bound),
            Fault.Slow => simulator.Between(1_000, call.Bound),
            _ => simulator.Between(1, 400),
        };
        if (fault is Fault.Late or Fault.Lost)
        {
            // The connection is cut, or nothing is heard until the time is over.
            if (simulator.Happens(0.5))
            {
                simulator.After(simulator.Between(10, 2_000), node, "cut off", () =>
                {
                    timeout.Cancel();
                    killed |= fault == Fault.Lost;
                    Over(killed);
                    answer.TrySetResult(new Exchange.BrokenOff("reset"));
                });
            }
        }

        simulator.After(travel, "arrives at Slack", () =>
        {
            if (killed || fault == Fault.Lost || (node.IsDead && fault != Fault.Late && simulator.Happens(0.5)))
            {
                call.IsOver?.Invoke();
                return;
            }

            arrived = true;
            var served = Serve(call, fault);
            call.IsOver?.Invoke();
            if (fault is Fault.Late or Fault.AnswerLost && simulator.Happens(0.7))
            {
                return;
            }

            var back = simulator.Between(1, 200);
            simulator.After(back, node, call.Method, () =>
            {
                timeout.Cancel();
                answer.TrySetResult(fault is Fault.Late or Fault.AnswerLost ? new Exchange.BrokenOff("reset") : Answered(served));
            });
        });
        return answer.Task;

        void Over(bool really)
        {
            if (really)
            {
                call.IsOver?.Invoke();
            }
        }
    }

    private Served Serve(Call call, Fault fault)
    {
        switch (fault)
        {
            case Fault.Limited:
                return new Served(429, """{"ok":false,"error":"ratelimited"}""", simulator.Chance.Next(0, 20).ToString(System.Globalization.CultureInfo.InvariantCulture));
            case Fault.InternalError:
                return Served.Error("internal_error");
            case Fault.Poison:
                return Served.Error("too_many_attachments"); // final: no plainer message would help
            case Fault.NotSlack:
                if (simulator.Happens(0.5))
                {
                    call.Serve(fault);
                }

                return Strange[simulator.Chance.Next(Strange.Length)];
        }

        var served = call.Serve(fault);
        return fault == Fault.InternalErrorDone ? Served.Error("internal_error") : served;
    }

    private Exchange.Answered Answered(Served served) => new(
        served.Status, new SlackHeaders(null, null, null) { RetryAfter = served.RetryAfter }, Encoding.UTF8.GetBytes(served.Body), null, node.Clock.GetUtcNow());

    /// <summary>The process is frozen between its last look at the clocks and its first byte, for seconds or for many minutes.</summary>
    private Task FreezeHere()
    {
        if (node.IsHeld)
        {
            return Task.CompletedTask;
        }

        node.Freeze();
        var frozen = simulator.Happens(0.3) ? simulator.Between(60_000, 1_500_000) : simulator.Between(1_000, 60_000);
        simulator.After(frozen, $"{node.Name} goes on", () => node.GoOn(timersFirst: simulator.Happens(0.5)));
        return Pass(TimeSpan.Zero, "thawed");
    }

    private Task Pass(TimeSpan time, string what)
    {
        var passed = new TaskCompletionSource();
        simulator.After(time, node, what, passed.SetResult);
        return passed.Task;
    }
}
