using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace ThreadGrains.WebhookGateway.OpenApi;

/// <summary>The API's document at /openapi/v1.json and the page to read it at /docs, which loads nothing from elsewhere.</summary>
internal static class GatewayOpenApi
{
    private const string Scheme = "bearer";

    public static void AddGatewayOpenApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
        services.AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer(Describe);
            options.AddOperationTransformer(ExamplesTransformer.Transform);
            options.AddSchemaTransformer(WordsTransformer.Transform);
        });
    }

    public static void MapGatewayOpenApi(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");

        // The browser itself is told to fetch nothing from another host, whatever a later version of the page might want to.
        var docs = app.MapGroup("").AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers.ContentSecurityPolicy =
                "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
                + "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            return await next(context);
        });
        docs.MapScalarApiReference("/docs", page => page
            .WithTitle("ThreadGrains API")
            .WithOpenApiRoutePattern("/openapi/{documentName}.json")
            .AddPreferredSecuritySchemes(Scheme)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton());
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ThreadGrains",
            Version = "v1",
            Description =
                """
                Alerts announce issue groups in Slack; what happens to a group goes into the announcement's thread, in order and once.

                **Ids** are yours. The same id with the same content within seven days is a duplicate and gives the first receipt again; with other content it is refused with 409.
                So whatever was not answered, or was answered 429 or 5xx, is sent again with the same id.

                **Problems** are documents of RFC 9457. `type` is `urn:threadgrains:problem:` and the `reason`, which is stable; `detail` and `errors` say what to mend.

                **Limits**: 64 KiB a request; 500 lines and 1 MiB a batch; 32 levels of JSON. Times are RFC 3339, `null` is the same as absent, unknown fields are refused.
                """,
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "tg_<organization>_<43 characters>",
            Description = "Your organization's API key. The organization comes from the key and from nowhere else.",
        };
        var required = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] };
        foreach (var (path, item) in document.Paths)
        {
            foreach (var operation in item.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>())
            {
                if (path.StartsWith("/v1/", StringComparison.Ordinal))
                {
                    operation.Security = [required];
                }
            }
        }

        return Task.CompletedTask;
    }
}
