using System.Net;
using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Tests.Activities;

public sealed class Accepting
{
    private const string Resolved = """{"id": "a1", "group": "g-1", "type": "resolved", "actor": {"type": "user", "id": "u1", "name": "Ada", "email": "ada@example.com"}}""";

    [Fact]
    public async Task An_activity_reaches_the_grain_of_its_group_and_key_as_it_was_sent()
    {
        await using var world = await World.Start();

        var answer = await world.Post("/v1/activities", """
            {"id": "a1", "group": "g:1", "type": "note", "actor": {"type": "user", "id": "u1", "name": "Ada 🚀", "email": null},
             "data": { "text":  "hi\u00e9", "n": 1.50, "big": 12345678901234567890 }, "occurredAt": "2026-11-23T10:30:00.123456789+01:00"}
            """);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("""{"id":"a1","group":"g:1","outcome":"accepted","sequence":1,"threads":1}""", answer.Body);
        var call = Assert.Single(world.Script.Calls, call => call.Method == "Accept");
        Assert.Equal($"{world.Script.Organization}/g:1", call.Grain);
        Assert.Equal(
            new Activity(
                "a1", "note", new Actor("user", "u1", "Ada 🚀"), """{ "text":  "hi\u00e9", "n": 1.50, "big": 12345678901234567890 }""",
                new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero).AddTicks(1234567)),
            (Activity)call.Argument!);
    }

    [Fact]
    public async Task An_alert_reaches_the_grain_of_its_group_as_it_was_sent()
    {
        await using var world = await World.Start();

        var answer = await world.Post("/v1/alerts", $$$"""
            {"id": "al1", "group": "g-1", "rule": "r", "openPeriod": "2", "issue": {"title": "T", "url": "https://x.example/1", "project": "p", "level": "error",
             "culprit": "c", "type": "e", "tags": {"host": "db-3"}}, "channels": [{"workspace": "{{{world.Script.Workspace}}}", "channel": "C0123456789"}]}
            """);

        Assert.Equal("""{"id":"al1","group":"g-1","outcome":"accepted","sequence":1,"threads":1}""", answer.Body);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var alert = Assert.Single(world.Script.Asked<Alert>("Announce"));
        Assert.Equal(("al1", "r", "2"), (alert.Id, alert.Rule, alert.OpenPeriod));
        Assert.Equal(new IssueFacts("T", "https://x.example/1", "p", "error", "c", "e"), alert.Issue with { Tags = null });
        Assert.Equal("db-3", alert.Issue.Tags!["host"]);
        Assert.Equal([new ChannelAddress(world.Script.Workspace, "C0123456789")], alert.Channels);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u200b\u202e")]
    public async Task A_title_of_which_nothing_can_be_seen_is_taken(string title)
    {
        await using var world = await World.Start();
        Assert.Equal(HttpStatusCode.Accepted, (await world.Post("/v1/alerts", JsonSerializer.Serialize(new { id = "a", group = "g", issue = new { title } }))).Status);
    }

    [Fact]
    public async Task What_only_concerns_showing_is_taken_at_any_length()
    {
        await using var world = await World.Start();
        var tags = Enumerable.Range(0, 400).ToDictionary(i => $"{new string('k', 20)}{i}", i => $"value {i}");
        foreach (object issue in new object[]
        {
            new { title = "x", tags }, new { title = new string('t', 50_000) }, new { title = "x", url = "https://t.example/" + new string('u', 50_000) },
            new { title = "x", culprit = new string('c', 50_000) }, new { title = "x", tags = new Dictionary<string, string> { [new string('k', 1000)] = new string('v', 50_000) } },
        })
        {
            Assert.Equal(HttpStatusCode.Accepted, (await world.Post("/v1/alerts", JsonSerializer.Serialize(new { id = "a", group = "g", issue }))).Status);
        }
    }

    [Fact]
    public async Task An_alert_without_channels_leaves_the_choice_to_the_grain()
    {
        await using var world = await World.Start();

        await world.Post("/v1/alerts", """{"id": "al1", "group": "g", "issue": {"title": "T"}}""");

        Assert.Null(Assert.Single(world.Script.Asked<Alert>("Announce")).Channels);
    }

    [Fact]
    public async Task A_workspace_that_is_not_ours_is_answered_422_before_any_grain_of_a_group()
    {
        await using var world = await World.Start();

        var answer = await world.Post("/v1/alerts", $$"""
            {"id": "al1", "group": "g", "issue": {"title": "T"}, "channels": [{"workspace": "{{world.Script.Workspace}}", "channel": "C1"}, {"workspace": "TOTHER", "channel": "C1"}]}
            """);

        var problem = answer.Problem(422, "unknown_workspace");
        Assert.Equal("channels[1].workspace", problem.GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Empty(world.Script.Asked<Alert>("Announce"));
    }

    public static TheoryData<AcceptReceipt, string> Taken => new()
    {
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Accepted, null, 7, 2), """{"id":"a1","group":"g-1","outcome":"accepted","sequence":7,"threads":2}""" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Accepted, null, 7, 0), """{"id":"a1","group":"g-1","outcome":"accepted","sequence":7,"threads":0}""" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Duplicate, "no_user", 7, 0), """{"id":"a1","group":"g-1","outcome":"duplicate","reason":"no_user","sequence":7,"threads":0}""" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Ignored, "no_group"), """{"id":"a1","group":"g-1","outcome":"ignored","reason":"no_group"}""" },
    };

    [Theory]
    [MemberData(nameof(Taken))]
    public async Task What_was_taken_is_answered_202_with_its_receipt(AcceptReceipt receipt, string body)
    {
        await using var world = await World.Start();
        world.Script.Accept = (_, _) => Task.FromResult(receipt);

        var answer = await world.Post("/v1/activities", Resolved);

        Assert.Equal((HttpStatusCode.Accepted, body), (answer.Status, answer.Body));
        Assert.Equal("application/json", answer.MediaType);
    }

    public static TheoryData<AcceptReceipt, int, string> Refused => new()
    {
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Conflict, "id_reused"), 409, "id_reused" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Refused, "invalid", Detail: "data.text is missing"), 400, "invalid_request" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Refused, "unknown_workspace"), 422, "unknown_workspace" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Refused, "no_channel"), 422, "no_channel" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Busy, RetryAfter: TimeSpan.FromSeconds(2.2)), 429, "busy" },
        { new AcceptReceipt("a1", "g-1", AcceptOutcome.Unavailable, RetryAfter: TimeSpan.FromSeconds(2.2)), 503, "unavailable" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_was_refused_is_a_problem(AcceptReceipt receipt, int status, string reason)
    {
        await using var world = await World.Start();
        world.Script.Accept = (_, _) => Task.FromResult(receipt);
        world.Script.Announce = (_, _) => Task.FromResult(receipt);

        foreach (var answer in new[] { await world.Post("/v1/activities", Resolved), await world.Post("/v1/alerts", """{"id": "a1", "group": "g", "issue": {"title": "T"}}""") })
        {
            var problem = answer.Problem(status, reason);
            Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
            if (receipt.RetryAfter is not null)
            {
                Assert.Equal(TimeSpan.FromSeconds(3), answer.Headers.RetryAfter!.Delta);
            }
        }
    }

    [Fact]
    public void Every_outcome_of_a_grain_has_an_answer()
    {
        foreach (var outcome in Enum.GetValues<AcceptOutcome>())
        {
            var (answer, problem) = WebhookGateway.Activities.ReceiptAnswer.Of(new AcceptReceipt("a", "g", outcome));
            Assert.True(answer is null != problem is null);
        }
    }

    [Fact]
    public async Task An_accept_is_repeated_while_silos_go_away()
    {
        await using var world = await World.Start();
        int tries = 0;
        world.Script.Accept = (group, activity) => Interlocked.Increment(ref tries) < 4
            ? throw new SiloUnavailableException("draining")
            : Task.FromResult(new AcceptReceipt(activity.Id, group, AcceptOutcome.Accepted, null, 1, 1));

        var answer = await world.Post("/v1/activities", Resolved);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(4, tries);
        Assert.Equal(4, world.Script.Asked<Activity>("Accept").Count(activity => activity.Id == "a1"));
    }

    [Fact]
    public async Task An_accept_that_no_silo_takes_is_answered_503_when_its_patience_is_over()
    {
        await using var world = await World.Start(settings: ("Gateway:GrainPatience", "00:00:00.6"));
        world.Script.Accept = (_, _) => throw new SiloUnavailableException("gone");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var answer = await world.Post("/v1/activities", Resolved);

        answer.Problem(503, "unavailable");
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(3));
        Assert.InRange(world.Script.Asked<Activity>("Accept").Length, 2, 20);
    }

    [Fact]
    public async Task A_grain_that_does_not_answer_is_answered_for_with_503_when_its_patience_is_over()
    {
        await using var world = await World.Start(settings: ("Gateway:GrainPatience", "00:00:00.3"));
        var never = new TaskCompletionSource<AcceptReceipt>();
        world.Script.Accept = (_, _) => never.Task;

        var answer = await world.Post("/v1/activities", Resolved);

        Assert.Contains("same id", answer.Problem(503, "unavailable").GetProperty("detail").GetString(), StringComparison.Ordinal);
        never.SetResult(new AcceptReceipt("a1", "g-1", AcceptOutcome.Accepted));
    }

    [Fact]
    public async Task A_fault_of_ours_is_answered_500_and_tells_nothing_of_our_inside()
    {
        await using var world = await World.Start();
        world.Script.Accept = (_, _) => throw new InvalidOperationException("password=hunter2");

        var answer = await world.Post("/v1/activities", Resolved);

        answer.Problem(500, "internal");
        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Body, StringComparison.Ordinal);
        Assert.Contains("request_failed", world.Log.Text, StringComparison.Ordinal);
    }
}
