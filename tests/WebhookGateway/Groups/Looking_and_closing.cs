using System.Net;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.WebhookGateway.Tests.Groups;

public sealed class Looking_and_closing
{
    private static readonly Guid Thread = new("0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10");

    private const string Parent = """{"workspace": "WORKSPACE", "channel": "C1234", "ts": "1503435956.000247", "rule": "r", "issue": {"title": "T"}}""";

    [Fact]
    public async Task A_group_is_shown_with_what_is_known_and_without_what_is_not()
    {
        await using var world = await World.Start();
        world.Script.Groups["g-1"] = new GroupView(
            "g-1", "resolved", "Ada", new IssueFacts("Čas > 30 s: \"charge\"", Level: "error"), 12,
            [
                new ThreadView(Thread, "T1", "C1", "1503435956.000247", "open", null, null, null),
                new ThreadView(Thread, "T1", "C2", null, "closed", "parent_gone", "r", ""),
            ]);

        var answer = await world.Get("/v1/groups/g-1");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            $$"""{"group":"g-1","status":"resolved","assignee":"Ada","issue":{"title":"Čas > 30 s: \"charge\"","level":"error"},"sequence":12,"threads":[{"id":"{{Thread}}","workspace":"T1","channel":"C1","ts":"1503435956.000247","state":"open"},{"id":"{{Thread}}","workspace":"T1","channel":"C2","state":"closed","reason":"parent_gone","rule":"r"}]}""",
            answer.Body);
    }

    [Fact]
    public async Task Another_organizations_group_is_as_absent_as_one_that_is_not_there()
    {
        await using var owner = await World.Start();
        await using var stranger = await World.Start();
        var delivery = Deliveries.Deliveries_by_hand.Dead("g-1");
        owner.Script.Groups["g-1"] = new GroupView("g-1", "resolved", null, new IssueFacts("T"), 1, []);
        owner.Script.Deliveries.Add(delivery);
        stranger.Script.CloseThread = _ => new OperatorReceipt(OperatorOutcome.NotFound);

        foreach (var (method, path, absent, body) in new[]
        {
            ("GET", "/v1/groups/g-1", "/v1/groups/g-2", null),
            ("GET", "/v1/groups/g-1/deliveries", "/v1/groups/g-2/deliveries", null),
            ("POST", $"/v1/groups/g-1/threads/{Thread}/close", $"/v1/groups/g-2/threads/{Guid.NewGuid()}/close", null),
            ("POST", $"/v1/deliveries/{delivery.Id}/replay", $"/v1/deliveries/{Guid.NewGuid()}/replay", null),
            ("POST", $"/v1/deliveries/{delivery.Id}/resolve", $"/v1/deliveries/{Guid.NewGuid()}/resolve", """{"as": "skip"}"""),
        })
        {
            byte[]? bytes = body is null ? null : System.Text.Encoding.UTF8.GetBytes(body);
            var foreign = await stranger.Send(new HttpMethod(method), path, bytes);
            var missing = await stranger.Send(new HttpMethod(method), absent, bytes);

            foreign.Problem(404, "not_found");
            Assert.Equal(missing.Body, foreign.Body);
        }

        Assert.Empty(owner.Script.Calls);
        Assert.Equal("""{"items":[]}""", (await stranger.Get("/v1/deliveries")).Body);
    }

    [Theory]
    [InlineData(AdoptionOutcome.Adopted, null, 202, null)]
    [InlineData(AdoptionOutcome.AlreadyAdopted, null, 200, null)]
    [InlineData(AdoptionOutcome.Taken, "message_taken", 409, "message_taken")]
    [InlineData(AdoptionOutcome.Taken, "thread_exists", 409, "thread_exists")]
    [InlineData(AdoptionOutcome.Refused, "unknown_workspace", 422, "unknown_workspace")]
    [InlineData(AdoptionOutcome.Refused, "invalid", 400, "invalid_request")]
    [InlineData(AdoptionOutcome.Unavailable, null, 503, "unavailable")]
    public async Task A_message_is_adopted_or_not(AdoptionOutcome outcome, string? why, int status, string? reason)
    {
        await using var world = await World.Start();
        world.Script.Adopt = _ => new AdoptionReceipt(outcome, reason is null ? Thread : null, why);

        var answer = await world.Send(HttpMethod.Put, "/v1/groups/g-1/parents", System.Text.Encoding.UTF8.GetBytes(Parent.Replace("WORKSPACE", world.Script.Workspace, StringComparison.Ordinal)));

        if (reason is null)
        {
            Assert.Equal((status, $$"""{"thread":"{{Thread}}"}"""), ((int)answer.Status, answer.Body));
        }
        else
        {
            answer.Problem(status, reason);
        }

        Assert.Equal(
            new ParentAdoption(new ChannelAddress(world.Script.Workspace, "C1234"), "1503435956.000247", "r", null, new IssueFacts("T")),
            Assert.Single(world.Script.Asked<ParentAdoption>("Adopt")));
    }

    [Theory]
    [InlineData("""{"workspace": "T1", "channel": "C1"}""", 400, "ts")]
    [InlineData("""{"workspace": "T1", "channel": "C1", "ts": 1503435956.000247}""", 400, "ts")]
    [InlineData("""{"workspace": "T1", "channel": "C1", "ts": "1503435956"}""", 400, "ts")]
    [InlineData("""{"workspace": "T1", "channel": "general", "ts": "1503435956.000247"}""", 400, "channel")]
    [InlineData("""{"workspace": "T1", "channel": "C1", "ts": "1503435956.000247", "group": "g"}""", 400, "group")]
    [InlineData("""{"workspace": "TOTHER", "channel": "C1", "ts": "1503435956.000247"}""", 422, "workspace")]
    public async Task A_message_that_is_named_wrongly_is_refused_before_the_grain(string json, int status, string field)
    {
        await using var world = await World.Start();

        var answer = await world.Send(HttpMethod.Put, "/v1/groups/g-1/parents", System.Text.Encoding.UTF8.GetBytes(json));

        var problem = answer.Problem(status, status == 422 ? "unknown_workspace" : "invalid_request");
        Assert.Equal(field, problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Empty(world.Script.Asked<ParentAdoption>("Adopt"));
    }

    [Theory]
    [InlineData(OperatorOutcome.Done, 200, null)]
    [InlineData(OperatorOutcome.NotFound, 404, "not_found")]
    [InlineData(OperatorOutcome.NotPossible, 409, "already_closed")]
    [InlineData(OperatorOutcome.Unavailable, 503, "unavailable")]
    public async Task A_thread_is_closed_or_not(OperatorOutcome outcome, int status, string? reason)
    {
        await using var world = await World.Start();
        world.Script.CloseThread = _ => new OperatorReceipt(outcome, reason);

        var answer = await world.Send(HttpMethod.Post, $"/v1/groups/g-1/threads/{Thread}/close");

        if (reason is null)
        {
            Assert.Equal((status, $$"""{"thread":"{{Thread}}","state":"closed"}"""), ((int)answer.Status, answer.Body));
        }
        else
        {
            answer.Problem(status, reason);
        }

        Assert.Equal([Thread], world.Script.Asked<Guid>("CloseThread"));
    }

    [Theory]
    [InlineData(OperatorOutcome.Done, null, 200)]
    [InlineData(OperatorOutcome.NotFound, "not_found", 404)]
    [InlineData(OperatorOutcome.NotPossible, "not_closed", 409)]
    [InlineData(OperatorOutcome.NotPossible, "no_parent", 409)]
    [InlineData(OperatorOutcome.NotPossible, "thread_exists", 409)]
    [InlineData(OperatorOutcome.Unavailable, "unavailable", 503)]
    public async Task A_closed_thread_is_opened_again_or_not(OperatorOutcome outcome, string? reason, int status)
    {
        await using var world = await World.Start();
        world.Script.ReopenThread = _ => new OperatorReceipt(outcome, reason);

        var answer = await world.Send(HttpMethod.Post, $"/v1/groups/g-1/threads/{Thread}/reopen");

        if (reason is null)
        {
            Assert.Equal((status, $$"""{"thread":"{{Thread}}","state":"open"}"""), ((int)answer.Status, answer.Body));
        }
        else
        {
            answer.Problem(status, reason);
        }

        Assert.Equal([Thread], world.Script.Asked<Guid>("ReopenThread"));
        (await world.Send(HttpMethod.Post, "/v1/groups/g-1/threads/first/reopen")).Problem(404, "not_found");
    }

    [Fact]
    public async Task What_is_no_id_of_a_thread_is_not_found()
    {
        await using var world = await World.Start();

        (await world.Send(HttpMethod.Post, "/v1/groups/g-1/threads/first/close")).Problem(404, "not_found");
    }
}
