using ThreadGrains.WebhookGateway.Groups;

namespace ThreadGrains.WebhookGateway.Health;

/// <summary>Whether the process lives, and whether it can take requests: a silo answers and its ledger can be read.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes, Lookups lookups)
    {
        routes.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        routes.MapGet("/health/ready", async (HttpContext http) =>
        {
            var (answered, ready) = await lookups.Ask(reader => reader.IsReady(), http.RequestAborted);
            return answered && ready
                ? Results.Ok(new { status = "ready" })
                : Results.Json(new { status = "not_ready" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        });
    }
}
