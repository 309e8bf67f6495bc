using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Tests.Activities;

public sealed class Batches
{
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task Each_line_has_its_answer_in_the_same_place_whatever_became_of_the_others()
    {
        await using var world = await World.Start();
        world.Script.Accept = (group, activity) => Task.FromResult(activity.Id switch
        {
            "a2" => new AcceptReceipt("a2", group, AcceptOutcome.Conflict),
            "a4" => new AcceptReceipt("a4", group, AcceptOutcome.Ignored, "no_group"),
            _ => new AcceptReceipt(activity.Id, group, AcceptOutcome.Accepted, null, 1, 1),
        });

        var answers = await Send(world, Line("a1", "x"), Line("a2", "y"), "{\"id\": \"a3\", \"group\": \"x\"}", Line("a4", "z"), "rubbish", Line("a6", "x"));

        Assert.Equal([202, 409, 400, 202, 400, 202], answers.Select(Status));
        Assert.Equal([1, 2, 3, 4, 5, 6], answers.Select(answer => answer.GetProperty("line").GetInt32()));
        Assert.Equal("""{"id":"a1","group":"x","outcome":"accepted","sequence":1,"threads":1,"status":202,"line":1}""", answers[0].GetRawText());
        Assert.Equal(("urn:threadgrains:problem:id_reused", "a2", "y"), (Text(answers[1], "type"), Text(answers[1], "id"), Text(answers[1], "group")));
        Assert.Equal(("invalid_request", "a3", "x"), (Text(answers[2], "reason"), Text(answers[2], "id"), Text(answers[2], "group")));
        Assert.Equal(["actor", "type"], answers[2].GetProperty("errors").EnumerateArray().Select(error => Text(error, "field")));
        Assert.Equal("no_group", Text(answers[3], "reason"));
        Assert.False(answers[4].TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Lines_of_one_group_go_to_its_grain_in_one_call_in_the_order_of_the_file()
    {
        await using var world = await World.Start();
        string[] ids = [.. Enumerable.Range(0, 500).Select(i => $"a{i:000}")];

        var answers = await Send(world, [.. ids.Select((id, i) => Line(id, $"g{i % 7}"))]);

        Assert.All(answers, answer => Assert.Equal(202, Status(answer)));
        Assert.Equal(ids, answers.Select(answer => Text(answer, "id")));
        var calls = world.Script.Asked<IReadOnlyList<Activity>>("AcceptMany");
        Assert.Equal(7, calls.Length);
        Assert.All(calls, call => Assert.Equal(call.Select(activity => activity.Id).Order(StringComparer.Ordinal), call.Select(activity => activity.Id)));
    }

    [Theory]
    [InlineData(AcceptOutcome.Busy, 429, "busy")]
    [InlineData(AcceptOutcome.Unavailable, 503, "unavailable")]
    public async Task After_a_line_that_was_refused_for_load_the_later_lines_of_its_group_are_not_tried(AcceptOutcome outcome, int status, string reason)
    {
        await using var world = await World.Start();
        world.Script.AcceptMany = (group, activities) => Task.FromResult<IReadOnlyList<AcceptReceipt>>(
            [.. activities.Select((activity, i) => new AcceptReceipt(activity.Id, group, group == "x" && i > 0 ? outcome : AcceptOutcome.Accepted, null, 1, 1))]);

        var answers = await Send(world, Line("x1", "x"), Line("x2", "x"), Line("y1", "y"), Line("x3", "x"), Line("y2", "y"), Line("x4", "x"));

        Assert.Equal([202, status, 202, 503, 202, 503], answers.Select(Status));
        Assert.Equal([null, reason, null, "not_tried", null, "not_tried"], answers.Select(answer => Text(answer, "reason")));
    }

    [Fact]
    public async Task What_the_grain_says_that_it_stored_is_said_to_be_stored()
    {
        await using var world = await World.Start();
        world.Script.Accept = (group, activity) => Task.FromResult(
            activity.Id == "a1" ? new AcceptReceipt("a1", group, AcceptOutcome.Busy) : new AcceptReceipt(activity.Id, group, AcceptOutcome.Ignored, "no_user", 3));

        Assert.Equal([429, 202], (await Send(world, Line("a1", "x"), Line("a2", "x"))).Select(Status));
    }

    [Fact]
    public async Task A_group_whose_grain_cannot_be_reached_does_not_spoil_the_others()
    {
        await using var world = await World.Start(settings: ("Gateway:GrainPatience", "00:00:00.3"));
        world.Script.AcceptMany = (group, activities) => group switch
        {
            "gone" => throw new SiloUnavailableException("gone"),
            "buggy" => throw new InvalidOperationException("secret"),
            _ => Task.FromResult<IReadOnlyList<AcceptReceipt>>([.. activities.Select(activity => new AcceptReceipt(activity.Id, group, AcceptOutcome.Accepted, null, 1, 1))]),
        };

        var answers = await Send(world, Line("a1", "gone"), Line("a2", "well"), Line("a3", "gone"), Line("a4", "buggy"));

        Assert.Equal([503, 202, 503, 500], answers.Select(Status));
        Assert.Equal(["unavailable", null, "not_tried", "internal"], answers.Select(answer => Text(answer, "reason")));
        Assert.DoesNotContain(answers, answer => answer.GetRawText().Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_more_groups_than_allowed_are_taken_at_once()
    {
        await using var world = await World.Start(settings: ("Gateway:BatchParallelism", "3"));
        int inside = 0;
        var three = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        world.Script.AcceptMany = async (group, activities) =>
        {
            if (Interlocked.Increment(ref inside) == 3)
            {
                three.SetResult();
            }

            await go.Task;
            return [.. activities.Select(activity => new AcceptReceipt(activity.Id, group, AcceptOutcome.Accepted))];
        };

        var sending = Send(world, [.. Enumerable.Range(0, 30).Select(i => Line($"a{i}", $"g{i}"))]);
        await three.Task.WaitAsync(TimeSpan.FromSeconds(4));
        Assert.Equal(3, world.Script.Calls.Count(call => call.Method == "AcceptMany"));
        go.SetResult();

        Assert.All(await sending, answer => Assert.Equal(202, Status(answer)));
        Assert.Equal(30, inside);
    }

    [Theory]
    [InlineData("\n", "\n")]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\n", "")]
    public async Task Lines_may_end_as_they_like(string separator, string end)
    {
        await using var world = await World.Start();

        var answer = await world.Post("/v1/activities/batch", Line("a1", "x") + separator + Line("a2", "x") + end, Lines);

        Assert.Equal((HttpStatusCode.OK, Lines), (answer.Status, answer.MediaType));
        Assert.Equal(2, answer.Body.TrimEnd('\n').Split('\n').Length);
        Assert.EndsWith("\n", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_line_between_others_is_a_line_that_is_wrong()
    {
        await using var world = await World.Start();

        Assert.Equal([202, 400, 202], (await Send(world, Line("a1", "x"), "", Line("a2", "x"))).Select(Status));
    }

    [Fact]
    public async Task A_batch_of_more_than_500_lines_is_answered_413_and_nothing_of_it_is_taken()
    {
        await using var world = await World.Start();

        var answer = await world.Post("/v1/activities/batch", string.Join('\n', Enumerable.Range(0, 501).Select(i => Line($"a{i}", "x"))), Lines);

        answer.Problem(413, "too_large");
        Assert.DoesNotContain(world.Script.Calls, call => call.Method == "AcceptMany");
    }

    [Fact]
    public async Task A_batch_of_up_to_1_MiB_is_read_and_no_more()
    {
        await using var world = await World.Start();
        const int limit = 1024 * 1024;
        string many = string.Join('\n', Enumerable.Range(0, 20).Select(i => Note($"a{i}", 50_000))) + "\n";
        string full = many + Note("last", limit - many.Length - Note("last", 0).Length);

        Assert.Equal(limit, Encoding.UTF8.GetByteCount(full));
        Assert.Equal(HttpStatusCode.OK, (await world.Post("/v1/activities/batch", full, Lines)).Status);
        (await world.Post("/v1/activities/batch", full + " ", Lines)).Problem(413, "too_large");
    }

    [Fact]
    public async Task A_sender_of_far_too_much_reads_the_answer_although_it_came_before_all_was_sent()
    {
        await using var world = await World.Start();

        (await world.Post("/v1/activities/batch", new string(' ', 16 * 1024 * 1024), Lines)).Problem(413, "too_large");
    }

    [Fact]
    public async Task A_line_over_64_KiB_concerns_itself_alone()
    {
        await using var world = await World.Start();

        Assert.Equal([413, 202], (await Send(world, Note("a1", 66_000), Line("a2", "x"))).Select(Status));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task Another_media_type_is_answered_415(string mediaType)
    {
        await using var world = await World.Start();

        (await world.Post("/v1/activities/batch", Line("a1", "x"), mediaType)).Problem(415, "unsupported_media_type");
    }

    [Fact]
    public async Task An_empty_batch_is_answered_400()
    {
        await using var world = await World.Start();

        (await world.Post("/v1/activities/batch", "", Lines)).Invalid("");
    }

    [Fact]
    public async Task Groups_that_the_batch_had_no_time_for_are_not_tried()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var world = await World.Start(clock, [("Gateway:GrainPatience", "00:00:30"), ("Gateway:BatchParallelism", "1")]);
        world.Script.AcceptMany = (group, activities) =>
        {
            clock.Advance(TimeSpan.FromSeconds(16));
            return Task.FromResult<IReadOnlyList<AcceptReceipt>>([.. activities.Select(activity => new AcceptReceipt(activity.Id, group, AcceptOutcome.Accepted))]);
        };

        var answers = await Send(world, Line("a1", "x"), Line("a2", "y"));

        Assert.Equal([202, 503], answers.Select(Status));
        Assert.Equal("not_tried", Text(answers[1], "reason"));
    }

    private static string Line(string id, string group) => $$$"""{"id": "{{{id}}}", "group": "{{{group}}}", "type": "resolved", "actor": {"type": "user"}}""";

    private static string Note(string id, int length) =>
        $$$"""{"id": "{{{id}}}", "group": "x", "type": "note", "actor": {"type": "user"}, "data": {"text": "{{{new string('x', length)}}}"}}""";

    private static async Task<JsonElement[]> Send(World world, params string[] lines)
    {
        var answer = await world.Post("/v1/activities/batch", string.Join('\n', lines) + "\n", Lines);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return [.. answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static int Status(JsonElement answer) => answer.GetProperty("status").GetInt32();

    private static string? Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;
}
