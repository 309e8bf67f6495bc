using System.Text.Json.Nodes;
using Orleans.Core.Internal;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using Activity = ThreadGrains.Groups.Activity;

namespace ThreadGrains.Cluster.Tests.Model;

/// <summary>Plays one story on real grains and on the model, and compares after every step. Groups, ids and channels are its own.</summary>
internal sealed class ModelStory(GroupCluster cluster, ModelSlack slack, int number, string[] channels)
{
    private const string Refusal = "msg_too_long";

    private readonly ModelRequests _requests = new($"s{number}", [$"s{number}-g0", $"s{number}-g1"], channels);
    private readonly string?[] _messages = new string?[4];
    private readonly List<string> _log = [];
    private readonly ModelComparison _comparison = new(cluster, channels);
    private GroupModel _model = new(GroupCluster.Channel, GroupCluster.Team);

    private string[] Groups => _requests.Groups;

    /// <summary>What was done and answered, for people.</summary>
    public string Log => string.Join('\n', _log);

    public async Task Play(IReadOnlyList<Step> steps)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            _log.Add($"{i + 1,3}. {step}");
            await Do(step);
            await _comparison.Views(_model);
        }

        await Quiet();
        await _comparison.Ends(_model);
    }

    private async Task ClearFaults()
    {
        foreach (string channel in channels)
        {
            await slack.Set(channel);
        }
    }

    private Task Do(Step step) => step switch
    {
        Step.Told told => Call(told),
        Step.Batch batch => Batch(batch),
        Step.Together together => Together(together),
        Step.Refused refused => Refused(refused),
        Step.Doubted doubted => Doubted(doubted),
        Step.Adopt adopt => Adopt(adopt),
        Step.Click click => Click(click),
        Step.Close close => Close(close),
        Step.Reopen reopen => Reopen(reopen),
        Step.Replay replay => Replay(replay),
        Step.Fault fault => slack.Set(channels[fault.Channel], new ChannelFault(
            "chat.postMessage", channels[fault.Channel], fault.Kind, Times: 1, RetryAfter: fault.Kind == "rate_limited" ? 1 : null)),
        Step.Deactivate deactivate => Grain(Groups[deactivate.Group]).Cast<IGrainManagementExtension>().DeactivateOnIdle().AsTask(),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {step}"),
    };

    private async Task Call(Step.Told told)
    {
        if (_requests.Make(told) is { } request)
        {
            var answer = await Send(request);
            Explain([request], [answer]);
        }
    }

    private async Task Batch(Step.Batch step)
    {
        string group = Groups[step.Group];
        Request[] requests = [.. step.Activities.Select(_requests.Make).Where(request => request?.Activity is not null).Select(request => request! with { Group = group })];
        if (requests.Length == 0)
        {
            return;
        }

        var receipts = await Grain(group).AcceptMany([.. requests.Select(request => request.Activity!)]);
        Answer[] answers = [.. receipts.Select(AnswerOf)];
        _log.Add($"       {string.Join("; ", (object[])answers)}");
        foreach (var (request, answer) in requests.Zip(answers))
        {
            Apply(request, answer);
        }

        _requests.Sent.AddRange(requests);
    }

    private async Task Together(Step.Together step)
    {
        Request[] requests = [.. step.Calls.Select(_requests.Make).OfType<Request>()];
        Explain(requests, await Task.WhenAll(requests.Select(Send)));
    }

    /// <summary>Finds an order of the calls in which the model answers as the product did.</summary>
    private void Explain(Request[] requests, Answer[] answers)
    {
        _log.Add($"       {string.Join("; ", (object[])answers)}");
        foreach (int[] order in Orders(requests.Length))
        {
            var model = _model;
            if (order.All(i =>
            {
                (model, var expected) = Take(model, requests[i]);
                return expected == answers[i];
            }))
            {
                _model = model;
                _requests.Sent.AddRange(requests);
                return;
            }
        }

        Assert.Fail($"No order explains the answers. One after the other it would be: {string.Join("; ", requests.Select(request => Take(_model, request).Answer))}");
    }

    private void Apply(Request request, Answer answer)
    {
        (_model, var expected) = Take(_model, request);
        Assert.Equal(expected, answer);
    }

    private static (GroupModel After, Answer Answer) Take(GroupModel model, Request request) => request.Activity is { } activity
        ? model.Take(request.Group, activity)
        : model.Take(request.Group, request.Alert!);

    private async Task<Answer> Send(Request request) =>
        AnswerOf(await (request.Activity is { } activity ? Grain(request.Group).Accept(activity) : Grain(request.Group).Announce(request.Alert!)));

    private static Answer AnswerOf(AcceptReceipt receipt) => new(receipt.Outcome, receipt.Reason, receipt.Sequence, receipt.Threads);

    private async Task Refused(Step.Refused step)
    {
        await Quiet();
        await slack.Set(channels[step.Channel], new ChannelFault("chat.postMessage", channels[step.Channel], "error", Error: Refusal));
        await Call(step.Call);
        await _comparison.Ended(_model);
        await slack.Set(channels[step.Channel]);
        _model = _model.Refused(channels[step.Channel], Refusal).Quiet();
    }

    private async Task Doubted(Step.Doubted step)
    {
        await Quiet();
        string channel = channels[step.Channel];
        string group = Groups[step.Group];
        string lost = step.Verdict == DoubtVerdict.Sent ? "lost_answer" : "lost_request";
        ChannelFault[] unreadable = [new("conversations.replies", channel, "http_503"), new("conversations.history", channel, "http_503")];
        await slack.Set(channel, [new ChannelFault("chat.postMessage", channel, lost), .. unreadable]);
        await Call(new Step.Act(step.Group, "note", "user"));
        IReadOnlyList<DeliveryView> deliveries = [];
        await GroupCluster.Until(
            async () => (deliveries = await _comparison.Deliveries(group)).All(one => ModelComparison.HasEnded(one) || (one.State == "in_doubt" && one.Channel == channel)), "what was posted is in doubt");
        await slack.Set(channel, unreadable);
        foreach (var doubt in deliveries.Where(one => one.State == "in_doubt"))
        {
            string? ts = step.Verdict != DoubtVerdict.Sent ? null : (string)(await cluster.Messages($"channel={channel}&thread_ts={doubt.ThreadTs}"))
                .Single(message => ((string)message["text"]!).Contains(doubt.Activity, StringComparison.Ordinal))["ts"]!;
            var receipt = await Grain(group).ResolveDoubt(doubt.Id, step.Verdict, ts);
            _log.Add($"       {doubt.ThreadTs}: {receipt}");
            Assert.Equal(OperatorOutcome.Done, receipt.Outcome);
            receipt = await Grain(group).ResolveDoubt(Guid.Empty, step.Verdict, ts);
            Assert.Equal(OperatorOutcome.NotFound, receipt.Outcome);
        }

        await slack.Set(channel);
        if (step.Verdict == DoubtVerdict.Skip)
        {
            _model = _model.Refused(channel, "in_doubt");
        }

        await Quiet();
    }

    private async Task Adopt(Step.Adopt step)
    {
        string group = Groups[step.Group];
        string channel = channels[step.Message % 2];
        string? rule = step.Message < 2 ? null : "slow";
        string ts = _messages[step.Message] ??= await slack.Say(channel, $"message {step.Message}");
        if (_model.Groups.GetValueOrDefault(group)?.Threads.Any(thread => thread.Closed is not null && thread.AdoptedTs == ts) == true)
        {
            return;                                                    // going on under it is what reopening is for
        }

        (_model, var expected, string? reason) = _model.Adopt(group, new ModelThread(channel, rule ?? "", "", ts));
        var receipt = await Grain(group).Adopt(new ParentAdoption(new ChannelAddress(GroupCluster.Team, channel), ts, rule));
        _log.Add($"       {receipt}");
        Assert.Equal((expected, reason), (receipt.Outcome, receipt.Reason));
    }

    private async Task Click(Step.Click step)
    {
        if (await Known(step.Group, step.Thread, thread => thread is { AdoptedTs: null, HasParent: true }) is not var (group, thread, view))
        {
            return;
        }

        var (type, data) = step.Action switch
        {
            ClickActions.Resolve => ("resolved", null),
            ClickActions.Unresolve => ("unresolved", null),
            ClickActions.Archive => ("archived", null),
            _ => ("assigned", new JsonObject()),
        };
        string id = $"click-{group}-{thread}-{step.Action}-{step.User}-{step.Press}";
        string name = $"mark[{id}]";                                   // Slack knows no such user: the payload's name is shown
        if (data is not null)
        {
            data["assignee"] = name;
        }

        (_model, var expected, long? sequence) = _model.Click(group, new Activity(id, type, new Actor("user"), data?.ToJsonString()), step.User);
        var receipt = await Grain(group).Click(new Click(
            new ChannelAddress(GroupCluster.Team, view.Channel), view.Ts!, step.Action, $"1700000000.{step.Press:000000}", step.User, name));
        _log.Add($"       {receipt}");
        Assert.Equal(new ClickReceipt(expected, sequence), receipt);
    }

    private async Task Close(Step.Close step)
    {
        if (await Known(step.Group, step.Thread, _ => true) is var (group, thread, view))
        {
            (_model, string? refusal) = _model.Close(group, thread);
            Operated(refusal, await Grain(group).CloseThread(view.Id));
            Assert.Equal(OperatorOutcome.NotFound, (await Grain(group).CloseThread(Guid.Empty)).Outcome);
        }
    }

    private async Task Reopen(Step.Reopen step)
    {
        bool anyClosed = _model.Groups.GetValueOrDefault(Groups[step.Group])?.Threads.Any(thread => thread.Closed is not null) == true;
        if (await Known(step.Group, step.Thread, thread => !anyClosed || thread.Closed is not null) is var (group, thread, view))
        {
            (_model, string? refusal) = _model.Reopen(group, thread);
            Operated(refusal, await Grain(group).ReopenThread(view.Id));
        }
    }

    private async Task Replay(Step.Replay step)
    {
        await Quiet();
        bool anyDead = _model.Groups.GetValueOrDefault(Groups[step.Group])?.Threads.Any(HasDead) == true;
        if (await Known(step.Group, step.Thread, thread => thread.Line.Count > 0 && (!anyDead || HasDead(thread))) is var (group, thread, view))
        {
            var line = _model.Groups[group].Threads[thread].Line;
            var candidates = anyDead ? line.FindAll(one => one.Fate == Fate.Dead) : line.FindAll(one => one.Fate == Fate.Sent);
            if (candidates.Count > 0)
            {
                var chosen = candidates[step.Delivery % candidates.Count];
                var delivery = (await _comparison.Deliveries(group)).Single(one => ModelComparison.Same(one, view, chosen));
                (_model, string? refusal) = _model.Replay(group, thread, chosen);
                _log.Add($"       {chosen}");
                Operated(refusal, Assert.Single(await Grain(group).Replay([delivery.Id])));
            }
        }

        static bool HasDead(ModelThread thread) => thread.Line.Exists(one => one.Fate == Fate.Dead);
    }

    /// <summary>A thread of a group that has its parent in Slack, so that it can be named; null: there is none such.</summary>
    private async Task<(string Group, int Thread, ThreadView Seen)?> Known(int place, int number, Func<ModelThread, bool> fits)
    {
        string group = Groups[place];
        int[] candidates = _model.Groups.GetValueOrDefault(group) is { } known ? [.. Enumerable.Range(0, known.Threads.Count).Where(i => fits(known.Threads[i]))] : [];
        if (candidates.Length == 0)
        {
            return null;
        }

        int thread = candidates[number % candidates.Length];
        ThreadView? seen = null;
        await GroupCluster.Until(
            async () =>
            {
                seen = ModelComparison.Pairs(_model.Groups[group], await cluster.View(group)).ElementAt(thread).Seen;
                if (seen.Ts is null)
                {
                    await ClearFaults();
                    await Grain(group).Nudge();
                }

                return seen.Ts is not null || seen.State == "closed";
            },
            "the root is posted");
        return (group, thread, seen!);
    }

    /// <summary>Waits until nothing is under way, in fair weather.</summary>
    private async Task Quiet()
    {
        await ClearFaults();
        await _comparison.Ended(_model);
        _model = _model.Quiet();
    }

    private void Operated(string? refusal, OperatorReceipt receipt)
    {
        _log.Add($"       {receipt}");
        Assert.Equal((refusal is null ? OperatorOutcome.Done : OperatorOutcome.NotPossible, refusal), (receipt.Outcome, receipt.Reason));
    }

    private IIssueGroupGrain Grain(string group) => cluster.Group(group);

    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(order => Enumerable.Range(0, count).Select(place => (int[])[.. order[..place], count - 1, .. order[place..]]));
}
