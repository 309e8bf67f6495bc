using System.Net;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.WebhookGateway.Tests.Deliveries;

public sealed class Deliveries_by_hand
{
    [Fact]
    public async Task A_delivery_is_shown_with_what_is_known_and_without_what_is_not()
    {
        await using var world = await World.Start();
        var bare = Dead("g-1");
        var full = bare with { Id = Guid.NewGuid(), ThreadTs = "1503435956.000247", Post = Guid.NewGuid(), SlackTs = "1503435957.000247", Reason = null, State = "sent", Late = true };
        world.Script.Deliveries.AddRange([bare, full]);
        world.Script.Groups["g-1"] = new GroupView("g-1", "resolved", null, new IssueFacts("T"), 1, []);

        var answer = await world.Get("/v1/groups/g-1/deliveries");

        Assert.Equal(
            $$"""{"items":[{"id":"{{bare.Id}}","group":"g-1","activity":"a1","kind":"reply","workspace":"T1","channel":"C1","sequence":3,"state":"dead","attempts":2,"late":false,"reason":"expired"},"""
            + $$"""{"id":"{{full.Id}}","group":"g-1","activity":"a1","kind":"reply","workspace":"T1","channel":"C1","threadTs":"1503435956.000247","sequence":3,"state":"sent","attempts":2,"late":true,"post":"{{full.Post}}","slackTs":"1503435957.000247"}]}""",
            answer.Body);
    }

    [Fact]
    public async Task A_group_without_matching_deliveries_is_an_empty_list_and_no_404()
    {
        await using var world = await World.Start();
        world.Script.Groups["g-1"] = new GroupView("g-1", "resolved", null, new IssueFacts("T"), 1, []);

        Assert.Equal("""{"items":[]}""", (await world.Get("/v1/groups/g-1/deliveries?state=dead")).Body);
        (await world.Get("/v1/groups/g-2/deliveries?state=dead")).Problem(404, "not_found");
    }

    [Fact]
    public async Task A_list_is_filtered_and_turned_page_by_page()
    {
        await using var world = await World.Start();
        world.Script.Deliveries.AddRange(Enumerable.Range(0, 5).Select(_ => Dead("g-1")).Append(Dead("g-2") with { State = "sent" }));

        var first = await world.Get("/v1/deliveries?state=dead&reason=expired&workspace=T1&channel=C1&limit=3");
        var second = await world.Get($"/v1/deliveries?state=dead&reason=expired&workspace=T1&channel=C1&limit=3&cursor={first.Json.GetProperty("next").GetString()}");

        Assert.Equal(3, first.Json.GetProperty("items").GetArrayLength());
        Assert.Equal(2, second.Json.GetProperty("items").GetArrayLength());
        Assert.False(second.Json.TryGetProperty("next", out _));
        Assert.Equal(
            (new DeliveryFilter(null, "dead", "expired", "T1", "C1"), (string?)null, 3),
            world.Script.Asked<(DeliveryFilter, string?, int)>("ListDeliveries")[0]);
    }

    [Fact]
    public async Task A_callback_is_listed_by_its_kind_and_shown_without_a_place()
    {
        await using var world = await World.Start();
        var callback = Dead("g-1") with { Kind = "callback", Workspace = null, Channel = null, Reason = "gone" };
        world.Script.Deliveries.Add(callback);

        var answer = await world.Get("/v1/deliveries?kind=callback");

        Assert.Equal(
            $$"""{"items":[{"id":"{{callback.Id}}","group":"g-1","activity":"a1","kind":"callback","sequence":3,"state":"dead","attempts":2,"late":false,"reason":"gone"}]}""",
            answer.Body);
        Assert.Equal("callback", Assert.Single(world.Script.Asked<(DeliveryFilter Filter, string?, int)>("ListDeliveries")).Filter.Kind);
        (await world.Get("/v1/deliveries?kind=callbacks")).Problem(400, "invalid_request");
        (await world.Post("/v1/deliveries/replay", """{"kind":"webhook","limit":1}""")).Problem(400, "invalid_request");
    }

    [Fact]
    public async Task A_filter_that_is_empty_is_none()
    {
        await using var world = await World.Start();

        await world.Get("/v1/deliveries?state=&reason=&workspace=&channel=");

        Assert.Equal((new DeliveryFilter(), (string?)null, 100), Assert.Single(world.Script.Asked<(DeliveryFilter, string?, int)>("ListDeliveries")));
    }

    [Theory]
    [InlineData(OperatorOutcome.Done, null, 202)]
    [InlineData(OperatorOutcome.NotPossible, "not_dead", 409)]
    [InlineData(OperatorOutcome.NotPossible, "thread_closed", 409)]
    [InlineData(OperatorOutcome.NotFound, "not_found", 404)]
    [InlineData(OperatorOutcome.Unavailable, "unavailable", 503)]
    public async Task A_dead_delivery_is_sent_again_or_not(OperatorOutcome outcome, string? reason, int status)
    {
        await using var world = await World.Start();
        var delivery = Dead("g-1");
        world.Script.Deliveries.Add(delivery);
        world.Script.Replay = _ => new OperatorReceipt(outcome, reason);

        var answer = await world.Send(HttpMethod.Post, $"/v1/deliveries/{delivery.Id}/replay");

        if (reason is null)
        {
            Assert.Equal((status, delivery.Id), ((int)answer.Status, answer.Json.GetProperty("id").GetGuid()));
        }
        else
        {
            answer.Problem(status, reason);
        }

        var call = Assert.Single(world.Script.Calls, call => call.Method == "Replay");
        Assert.Equal($"{world.Script.Organization}/g-1", call.Grain);
        Assert.Equal([delivery.Id], (IReadOnlyList<Guid>)call.Argument!);
    }

    [Fact]
    public async Task Many_are_sent_again_up_to_the_limit_past_those_whose_thread_is_closed()
    {
        await using var world = await World.Start();
        var closed = Enumerable.Range(0, 600).Select(i => Dead($"closed-{i % 3}")).ToArray();
        var open = Enumerable.Range(0, 10).Select(i => Dead($"open-{i % 3}")).ToArray();
        world.Script.Deliveries.AddRange([.. closed, .. open, Dead("other") with { Reason = "parent_gone" }]);
        var isClosed = closed.Select(delivery => delivery.Id).ToHashSet();
        var replayed = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        world.Script.Replay = id =>
        {
            if (isClosed.Contains(id))
            {
                return new OperatorReceipt(OperatorOutcome.NotPossible, "thread_closed");
            }

            replayed.Add(id);
            return new OperatorReceipt(OperatorOutcome.Done);
        };

        var answer = await world.Post("/v1/deliveries/replay", """{"reason": "expired", "limit": 7}""");

        Assert.Equal((HttpStatusCode.Accepted, """{"replayed":7}"""), (answer.Status, answer.Body));
        Assert.Equal(open.Take(7).Select(delivery => delivery.Id).Order(), replayed.Order());
    }

    [Theory]
    [InlineData("{}", "limit")]
    [InlineData("""{"limit": 0}""", "limit")]
    [InlineData("""{"limit": 1001}""", "limit")]
    [InlineData("""{"limit": "5"}""", "limit")]
    [InlineData("""{"limit": 1.5}""", "limit")]
    [InlineData("""{"limit": 5, "group": "g"}""", "group")]
    [InlineData("""{"limit": 5, "channel": "general"}""", "channel")]
    [InlineData("""{"limit": 5, "reason": "a b"}""", "reason")]
    public async Task A_replay_that_is_asked_for_wrongly_replays_nothing(string json, string field)
    {
        await using var world = await World.Start();

        (await world.Post("/v1/deliveries/replay", json)).Invalid(field);
        Assert.DoesNotContain(world.Script.Calls, call => call.Method is "Replay" or "ListDeliveries");
    }

    [Theory]
    [InlineData("""{"as": "sent", "slackTs": "1503435956.000247"}""", DoubtVerdict.Sent, "1503435956.000247")]
    [InlineData("""{"as": "resend"}""", DoubtVerdict.Resend, null)]
    [InlineData("""{"as": "skip"}""", DoubtVerdict.Skip, null)]
    public async Task A_doubt_is_ended_by_hand(string json, DoubtVerdict verdict, string? slackTs)
    {
        await using var world = await World.Start();
        var delivery = Dead("g-1") with { State = "in_doubt" };
        world.Script.Deliveries.Add(delivery);

        var answer = await world.Post($"/v1/deliveries/{delivery.Id}/resolve", json);

        Assert.Equal((HttpStatusCode.OK, delivery.Id), (answer.Status, answer.Json.GetProperty("id").GetGuid()));
        Assert.Equal([(delivery.Id, verdict, slackTs)], world.Script.Asked<(Guid, DoubtVerdict, string?)>("ResolveDoubt"));
    }

    [Theory]
    [InlineData("""{"as": "lost"}""", "as")]
    [InlineData("{}", "as")]
    [InlineData("""{"as": "sent"}""", "slackTs")]
    [InlineData("""{"as": "sent", "slackTs": "now"}""", "slackTs")]
    [InlineData("""{"as": "skip", "slackTs": "1503435956.000247"}""", "slackTs")]
    public async Task A_doubt_that_is_ended_wrongly_goes_on(string json, string field)
    {
        await using var world = await World.Start();
        var delivery = Dead("g-1") with { State = "in_doubt" };
        world.Script.Deliveries.Add(delivery);

        (await world.Post($"/v1/deliveries/{delivery.Id}/resolve", json)).Invalid(field);
        Assert.DoesNotContain(world.Script.Calls, call => call.Method == "ResolveDoubt");
    }

    [Fact]
    public async Task What_is_not_in_doubt_is_answered_409()
    {
        await using var world = await World.Start();
        var delivery = Dead("g-1");
        world.Script.Deliveries.Add(delivery);
        world.Script.ResolveDoubt = () => new OperatorReceipt(OperatorOutcome.NotPossible, "not_in_doubt");

        (await world.Post($"/v1/deliveries/{delivery.Id}/resolve", """{"as": "skip"}""")).Problem(409, "not_in_doubt");
    }

    internal static DeliveryView Dead(string group) => new(Guid.NewGuid(), group, "a1", "reply", "T1", "C1", null, 3, "dead", 2, false, null, null, "expired");
}
