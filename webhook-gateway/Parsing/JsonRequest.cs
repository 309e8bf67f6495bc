using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Parsing;

/// <summary>Reads a request's body as one strict JSON object, or answers with the problem that it has.</summary>
internal static class JsonRequest
{
    public const string MediaType = "application/json";

    /// <returns>The object; null: it was answered.</returns>
    public static async Task<StrictJson?> Read(HttpContext http, int limit)
    {
        if (!Body.Is(http.Request, MediaType))
        {
            await Problem.WrongType(MediaType).Write(http);
            return null;
        }

        if (await Body.Read(http.Request, limit, http.RequestAborted) is not { } bytes)
        {
            await Problem.TooLarge(limit).Write(http);
            return null;
        }

        var (json, complaint) = StrictJson.Parse(bytes);
        if (json is null)
        {
            await Problem.NotJson(complaint!).Write(http);
        }

        return json;
    }
}
