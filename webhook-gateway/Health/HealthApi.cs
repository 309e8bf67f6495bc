using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Health;

/// <summary>/health/live: this process runs. /health/ready: what is sent now can be stored.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Answer.Json(StatusCodes.Status200OK, new HealthAnswer("live"), WireJson.Plain.HealthAnswer))
            .Describe("live", "Health", "Is this process alive", "Restart it if not. Says nothing of anything else.")
            .Answers<HealthAnswer>(200, "live");

        routes.MapGet("/health/ready", async (Readiness readiness) => await readiness.Get()
                ? Answer.Json(StatusCodes.Status200OK, new HealthAnswer("ready"), WireJson.Plain.HealthAnswer)
                : Problem.Of(ProblemKinds.NotReady, "The silo or its ledger does not answer, or this process is ending. Send requests elsewhere."))
            .Describe("ready", "Health", "Can requests be taken", "Whether a silo answers and can use its ledger.")
            .Answers<HealthAnswer>(200, "ready")
            .RefusesOnly(ProblemKinds.NotReady);
    }
}

/// <summary>How it is.</summary>
/// <param name="Status">live or ready.</param>
internal sealed record HealthAnswer(string Status);
