namespace ThreadGrains.WebhookGateway.OpenApi;

/// <summary>The API's description, kept by hand beside the code; tests hold that every route stands in it and every example is taken.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes)
    {
        byte[] document = Read();
        routes.MapGet(Path, () => Results.Bytes(document, "application/json"));
    }

    public static byte[] Read()
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.json")
            ?? throw new InvalidOperationException("The API's description is not built in.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
