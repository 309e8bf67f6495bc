using System.Globalization;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Groups;
using ThreadGrains.WebhookGateway.Parsing;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>/v1/deliveries and /v1/groups/{group}/deliveries: what became of deliveries, replay, and ending doubts by hand.</summary>
internal static class DeliveryEndpoints
{
    private const int DefaultPage = 100;
    private const int MaxPage = 500;
    private static readonly string[] States = ["pending", "sending", "in_doubt", "sent", "dead", "cancelled"];

    public static void MapDeliveries(this IEndpointRouteBuilder routes, Authenticated authenticated, GatewayOptions options, Handover handover, Lookups lookups)
    {
        routes.MapGet("/v1/groups/{group}/deliveries", authenticated.Then(async (http, caller) =>
        {
            if (await GroupEndpoints.GroupOf(http, caller) is { } key)
            {
                await List(http, caller, lookups, key.Group);
            }
        }));
        routes.MapGet("/v1/deliveries", authenticated.Then((http, caller) => List(http, caller, lookups, null)));
        routes.MapPost("/v1/deliveries/{delivery}/replay", authenticated.Then((http, caller) => Replay(http, caller, handover, lookups)));
        routes.MapPost("/v1/deliveries/replay", authenticated.Then((http, caller) => ReplayMany(http, caller, options, handover, lookups)));
        routes.MapPost("/v1/deliveries/{delivery}/resolve", authenticated.Then((http, caller) => Resolve(http, caller, options, handover, lookups)));
    }

    private static async Task List(HttpContext http, Caller caller, Lookups lookups, string? group)
    {
        string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;
        var violations = new List<Violation>();
        foreach (string name in http.Request.Query.Keys.Where(name => name is not ("state" or "reason" or "workspace" or "channel" or "limit" or "cursor")))
        {
            violations.Add(new Violation(name, "is not a parameter of this list; known are state, reason, workspace, channel, limit, cursor"));
        }

        if (Query("state") is { } state && !States.Contains(state))
        {
            violations.Add(new Violation("state", $"must be one of {string.Join(", ", States)}"));
        }

        int limit = DefaultPage;
        if (Query("limit") is { } asked && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxPage))
        {
            violations.Add(new Violation("limit", $"must be a whole number from 1 to {MaxPage}"));
        }

        if (Query("cursor") is { } cursor && !Guid.TryParse(cursor, out _))
        {
            violations.Add(new Violation("cursor", "must be the value of \"next\" of the page before"));
        }

        if (violations.Count > 0)
        {
            await Problem.Invalid(violations).Write(http);
            return;
        }

        var filter = new DeliveryFilter(group, Query("state"), Query("reason"), Query("workspace"), Query("channel"));
        var (answered, page) = await lookups.Ask(async reader =>
            group is not null && await reader.GetGroup(new GroupKey(caller.Organization, group)) is null
                ? null
                : await reader.ListDeliveries(caller.Organization, filter, Query("cursor"), limit), http.RequestAborted);
        await (!answered ? Problem.Unavailable("It cannot be looked up right now.").Write(http)
            : page is null ? Problem.NotFound.Write(http)
            : http.Response.WriteAsJsonAsync(page, Receipts.Json, http.RequestAborted));
    }

    private static async Task Replay(HttpContext http, Caller caller, Handover handover, Lookups lookups)
    {
        if (await Find(http, caller, lookups) is not { } delivery)
        {
            return;
        }

        var receipts = await handover.Give(
            new GroupKey(caller.Organization, delivery.Group), grain => grain.Replay([delivery.Id]), all => OperatorAnswers.IsUnavailable(all[0]), http.RequestAborted);
        if (OperatorAnswers.ProblemOf(receipts?[0]) is { } problem)
        {
            await problem.Write(http);
            return;
        }

        var (_, now) = await lookups.Ask(reader => reader.GetDelivery(caller.Organization, delivery.Id), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(now ?? delivery, Receipts.Json, http.RequestAborted);
    }

    private static async Task ReplayMany(HttpContext http, Caller caller, GatewayOptions options, Handover handover, Lookups lookups)
    {
        if (await JsonRequest.Read(http, options.MaxBody) is not { } json)
        {
            return;
        }

        json.Only("reason", "workspace", "channel", "limit");
        var filter = new DeliveryFilter(null, "dead", json.Text("reason"), json.Text("workspace"), json.Text("channel"));
        int? limit = json.Number("limit", 1, MaxPage);
        if (limit is null && json.Violations.Count == 0)
        {
            json.Required("limit");
        }

        if (json.Violations.Count > 0)
        {
            await Problem.Invalid(json.Violations).Write(http);
            return;
        }

        var (answered, page) = await lookups.Ask(reader => reader.ListDeliveries(caller.Organization, filter, null, limit!.Value), http.RequestAborted);
        if (!answered)
        {
            await Problem.Unavailable("It cannot be looked up right now.").Write(http);
            return;
        }

        int replayed = 0;
        foreach (var group in page!.Items.GroupBy(delivery => delivery.Group))
        {
            var receipts = await handover.Give(
                new GroupKey(caller.Organization, group.Key), grain => grain.Replay([.. group.OrderBy(delivery => delivery.Sequence).Select(delivery => delivery.Id)]),
                all => all.All(OperatorAnswers.IsUnavailable), http.RequestAborted);
            replayed += receipts?.Count(receipt => receipt.Outcome == OperatorOutcome.Done) ?? 0;
        }

        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(new { replayed }, Receipts.Json, http.RequestAborted);
    }

    private static async Task Resolve(HttpContext http, Caller caller, GatewayOptions options, Handover handover, Lookups lookups)
    {
        if (await JsonRequest.Read(http, options.MaxBody) is not { } json)
        {
            return;
        }

        json.Only("as", "slackTs");
        string word = json.Required("as");
        string? ts = json.Text("slackTs");
        var violations = json.Violations.ToList();
        DoubtVerdict? verdict = word switch { "sent" => DoubtVerdict.Sent, "resend" => DoubtVerdict.Resend, "skip" => DoubtVerdict.Skip, _ => null };
        if (verdict is null && violations.Count == 0)
        {
            violations.Add(new Violation("as", "must be sent, resend or skip"));
        }

        if (verdict == DoubtVerdict.Sent && !RequestRules.IsTs(ts))
        {
            violations.Add(new Violation("slackTs", "is needed with \"sent\": Slack's ts of the message as text, such as \"1503435956.000247\""));
        }

        if (violations.Count > 0)
        {
            await Problem.Invalid(violations).Write(http);
            return;
        }

        if (await Find(http, caller, lookups) is not { } delivery)
        {
            return;
        }

        var receipt = await handover.Give(
            new GroupKey(caller.Organization, delivery.Group), grain => grain.ResolveDoubt(delivery.Id, verdict!.Value, ts), OperatorAnswers.IsUnavailable, http.RequestAborted);
        if (OperatorAnswers.ProblemOf(receipt) is { } problem)
        {
            await problem.Write(http);
            return;
        }

        var (_, now) = await lookups.Ask(reader => reader.GetDelivery(caller.Organization, delivery.Id), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await http.Response.WriteAsJsonAsync(now ?? delivery, Receipts.Json, http.RequestAborted);
    }

    /// <summary>The delivery of the path, if it is the caller's; null: it was answered.</summary>
    private static async Task<DeliveryView?> Find(HttpContext http, Caller caller, Lookups lookups)
    {
        if (!Guid.TryParse((string?)http.Request.RouteValues["delivery"], out var id))
        {
            await Problem.NotFound.Write(http);
            return null;
        }

        var (answered, delivery) = await lookups.Ask(reader => reader.GetDelivery(caller.Organization, id), http.RequestAborted);
        if (delivery is null)
        {
            await (answered ? Problem.NotFound : Problem.Unavailable("It cannot be looked up right now.")).Write(http);
        }

        return delivery;
    }
}
