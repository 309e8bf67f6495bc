using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using ThreadGrains.Organizations;
using ThreadGrains.WebhookGateway.Authentication;

namespace ThreadGrains.WebhookGateway.Tests.Authentication;

public sealed class Keys
{
    private static readonly string[] Routes =
    [
        "POST /v1/alerts", "POST /v1/activities", "POST /v1/activities/batch", "PUT /v1/groups/g/parents", "GET /v1/groups/g", "GET /v1/groups/g/deliveries",
        "POST /v1/groups/g/threads/0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10/close", "GET /v1/deliveries", "POST /v1/deliveries/replay",
        "POST /v1/deliveries/0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10/replay", "POST /v1/deliveries/0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10/resolve",
    ];

    [Fact]
    public async Task No_address_of_the_API_asks_a_grain_of_a_request_without_a_valid_key()
    {
        await using var world = await World.Start();
        string wrong = World.NewKey(world.Script.Organization);
        string?[] headers = [null, "", "Bearer", "Bearer ", $"Basic {world.Key}", world.Key, $"Bearer {wrong}", $"Bearer {world.Key}x", $"Bearer {world.Key[..^1]}", "Bearer tg_nobody_" + wrong[^43..]];

        foreach (string route in Routes)
        {
            foreach (string? header in headers)
            {
                var answer = await world.Send(new HttpMethod(route.Split(' ')[0]), route.Split(' ')[1], [.. "rubbish"u8], change: request =>
                {
                    if (request.Method == HttpMethod.Get)
                    {
                        request.Content = null;
                    }

                    request.Headers.Authorization = new AuthenticationHeaderValue("none");
                    request.Headers.Remove("Authorization");
                    request.Headers.TryAddWithoutValidation("Authorization", header ?? "x");
                });

                answer.Problem(401, "unauthenticated");
                Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            }
        }

        Assert.DoesNotContain(world.Script.Calls, call => call.Method != "GetAccess");
        Assert.DoesNotContain(world.Key[^43..], world.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong[^43..], world.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_any_header_is_answered_401_and_told_how()
    {
        await using var world = await World.Start();
        using var http = new HttpClient { BaseAddress = world.Address };
        using var response = await http.GetAsync(new Uri("/v1/deliveries", UriKind.Relative));

        Assert.Contains("Authorization: Bearer tg_", (await Answer.Of(response)).Problem(401, "unauthenticated").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tg_Org_", 43)]
    [InlineData("tg__", 43)]
    [InlineData("tg_a.b_", 43)]
    [InlineData("xx_acme_", 43)]
    [InlineData("tg_acme_", 42)]
    [InlineData("tg_aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx_", 43)]
    public void What_has_not_the_form_of_a_key_is_none(string start, int secret) => Assert.Null(ApiKey.Read([$"Bearer {start}{new string('A', secret)}"]));

    [Fact]
    public void A_key_whose_secret_has_underscores_is_read_from_its_end()
    {
        var key = ApiKey.Read(["bearer tg_acme-1_" + new string('_', 43)]);

        Assert.Equal("acme-1", key!.Organization);
        Assert.DoesNotContain("____", key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_headers_are_no_key()
    {
        string key = "Bearer " + World.NewKey("acme");

        Assert.Null(ApiKey.Read([key, key]));
    }

    [Fact]
    public async Task Keys_are_asked_for_once_in_half_a_minute_and_a_withdrawn_one_ends_with_it()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var world = await World.Start(clock);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Get("/v1/deliveries")));
        Assert.Single(world.Script.Calls, call => call.Method == "GetAccess");

        world.Script.Access = () => Task.FromResult(new OrganizationAccess([World.HashOf(World.NewKey(world.Script.Organization))], []));
        clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);
        Assert.Single(world.Script.Calls, call => call.Method == "GetAccess");

        clock.Advance(TimeSpan.FromSeconds(0.1));
        (await world.Get("/v1/deliveries")).Problem(401, "unauthenticated");
        Assert.Equal(2, world.Script.Calls.Count(call => call.Method == "GetAccess"));
    }

    [Fact]
    public async Task While_the_grain_does_not_answer_keys_live_on_for_five_minutes_and_no_longer()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var world = await World.Start(clock);
        await world.Get("/v1/deliveries");
        world.Script.Access = () => throw new SiloUnavailableException("gone");

        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);
        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);
        Assert.Equal(2, world.Script.Calls.Count(call => call.Method == "GetAccess"));

        clock.Advance(TimeSpan.FromSeconds(268));
        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);

        clock.Advance(TimeSpan.FromSeconds(2));
        (await world.Get("/v1/deliveries")).Problem(503, "unavailable");
    }

    [Fact]
    public async Task A_key_that_cannot_be_checked_is_answered_503_and_not_401()
    {
        await using var world = await World.Start();
        world.Script.Access = () => throw new SiloUnavailableException("gone");

        (await world.Get("/v1/deliveries")).Problem(503, "unavailable");
    }

    [Fact]
    public async Task Several_keys_are_valid_while_one_is_being_replaced()
    {
        await using var world = await World.Start();
        world.Script.Access = () => Task.FromResult(new OrganizationAccess([World.HashOf(World.NewKey(world.Script.Organization)), World.HashOf(world.Key)], []));

        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);
    }

    [Fact]
    public async Task A_key_that_sends_too_much_is_answered_429()
    {
        await using var world = await World.Start(settings: [("Gateway:KeyPerSecond", "1"), ("Gateway:KeyBurst", "5"), ("Gateway:MaxBatchLines", "5")]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Get("/v1/deliveries")));

        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 5, 6);
        Array.Find(answers, answer => answer.Status != HttpStatusCode.OK)!.Problem(429, "rate_limited");
    }

    [Fact]
    public async Task An_organization_that_sends_too_much_is_answered_429_whichever_key_it_uses()
    {
        await using var world = await World.Start(settings: [("Gateway:OrganizationPerSecond", "1"), ("Gateway:OrganizationBurst", "5"), ("Gateway:MaxBatchLines", "5")]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Get("/v1/deliveries")));

        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 5, 6);
        var refused = Array.Find(answers, answer => answer.Status != HttpStatusCode.OK)!;
        refused.Problem(429, "rate_limited");
        Assert.Contains("This organization", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_is_sent_too_much_is_answered_429_and_another_group_is_not()
    {
        await using var world = await World.Start(settings: [("Gateway:GroupPerSecond", "1"), ("Gateway:GroupBurst", "5"), ("Gateway:MaxBatchLines", "5")]);
        Task<Answer> Send(string group, int i) => world.Post("/v1/activities", $$$"""{"id": "a{{{group}}}{{{i}}}", "group": "{{{group}}}", "type": "resolved", "actor": {"type": "user"}}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Send("g", i)));

        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.Accepted), 5, 6);
        var refused = Array.Find(answers, answer => answer.Status != HttpStatusCode.Accepted)!;
        refused.Problem(429, "rate_limited");
        Assert.Equal(HttpStatusCode.Accepted, (await Send("h", 0)).Status);
        string lines = string.Concat(Enumerable.Range(20, 4).Select(i => $$$"""{"id": "a{{{i}}}", "group": "{{{(i % 2 == 0 ? "g" : "i")}}}", "type": "resolved", "actor": {"type": "user"}}""" + "\n"));
        var batch = (await world.Post("/v1/activities/batch", lines, "application/x-ndjson")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("\"status\":429", batch[0], StringComparison.Ordinal);
        Assert.Contains("\"status\":202", batch[1], StringComparison.Ordinal);
        Assert.Contains("not_tried", batch[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lines_of_a_batch_count_singly()
    {
        await using var world = await World.Start(settings: [("Gateway:KeyPerSecond", "1"), ("Gateway:KeyBurst", "5"), ("Gateway:MaxBatchLines", "5")]);
        string lines = string.Concat(Enumerable.Range(0, 4).Select(i => $$$"""{"id": "a{{{i}}}", "group": "g", "type": "resolved", "actor": {"type": "user"}}""" + "\n"));

        Assert.Equal(HttpStatusCode.OK, (await world.Post("/v1/activities/batch", lines, "application/x-ndjson")).Status);
        (await world.Post("/v1/activities/batch", lines, "application/x-ndjson")).Problem(429, "rate_limited");
    }

    [Fact]
    public async Task After_many_failures_an_address_is_answered_429_but_a_good_key_that_is_known_still_passes()
    {
        await using var world = await World.Start(new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)), ("Gateway:FailuresPerMinute", "10"));
        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);

        var answers = new List<Answer>();
        for (int i = 0; i < 12; i++)
        {
            answers.Add(await world.Send(HttpMethod.Get, "/v1/deliveries", change: request => request.Headers.Authorization = new("Bearer", World.NewKey(world.Script.Organization))));
        }

        Assert.All(answers[..10], answer => answer.Problem(401, "unauthenticated"));
        Assert.All(answers[10..], answer => answer.Problem(429, "rate_limited"));
        Assert.Equal(HttpStatusCode.OK, (await world.Get("/v1/deliveries")).Status);
    }

    [Fact]
    public async Task An_address_that_was_blocked_asks_no_grain_about_further_organizations()
    {
        await using var world = await World.Start(new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56)), ("Gateway:FailuresPerMinute", "3"));
        for (int i = 0; i < 3; i++)
        {
            (await world.Send(HttpMethod.Get, "/v1/deliveries", change: request => request.Headers.Authorization = new("Bearer", "rubbish"))).Problem(401, "unauthenticated");
        }

        (await world.Get("/v1/deliveries")).Problem(429, "rate_limited");

        Assert.Empty(world.Script.Calls);
    }
}
