using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.OpenApi;

/// <summary>Puts into each operation what its address said where it was mapped: examples, problems, query parameters.</summary>
internal static class ExamplesTransformer
{
    public static async Task Transform(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var request in metadata.OfType<RequestShape>())
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [request.Lines ? RequestReader.JsonLines[0] : RequestReader.Json] = new()
                    {
                        Schema = await SchemaOf(request.Body, context, cancellation),
                        Examples = request.Lines
                            ? Named([("Lines", JsonValue.Create(Examples.Lines(request.Body))!)])
                            : Named(Examples.Requests[request.Body].Select(example => (example.Key, Examples.Request(example.Value)))),
                    },
                },
            };
        }

        foreach (var answer in metadata.OfType<AnswerExamples>())
        {
            foreach (var media in Media(Response(operation, answer.Status)?.Content))
            {
                media.Examples = Named(answer.Names.Select(name => (name, Examples.Answers[name].DeepClone())));
            }
        }

        foreach (var status in metadata.OfType<ProblemExamples>().SelectMany(problems => problems.Kinds).GroupBy(kind => kind.Status))
        {
            if (Response(operation, status.Key) is not { } response)
            {
                continue;
            }

            response.Description = string.Join("; ", status.Select(kind => $"{kind.Reason}: {kind.Title}"));
            if (status.Key is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            {
                response.Headers ??= new Dictionary<string, IOpenApiHeader>();
                response.Headers["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } };
            }

            foreach (var media in Media(response.Content))
            {
                media.Examples = Named(status.Select(kind => (kind.Reason, Examples.ProblemOf(kind))));
            }
        }

        foreach (string name in metadata.OfType<QueryNames>().SelectMany(query => query.Names))
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(Parameter(name));
        }
    }

    private static async Task<IOpenApiSchema> SchemaOf(Type body, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var schema = await context.GetOrCreateSchemaAsync(body, cancellationToken: cancellation);
        context.Document!.AddComponent(body.Name, schema);
        return new OpenApiSchemaReference(body.Name, context.Document);
    }

    private static OpenApiParameter Parameter(string name) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = name switch
        {
            "state" => "Only those in this state.",
            "kind" => "Only those of this kind. Callbacks are in no workspace and channel.",
            "reason" => "Only those with exactly this reason.",
            "workspace" => "Only those in this workspace.",
            "channel" => "Only those in this channel.",
            "cursor" => "The next of a former page.",
            _ => $"Most of a page; {DeliveryQueryString.DefaultLimit} if absent, at most {DeliveryQueryString.MaxLimit}.",
        },
        Schema = name switch
        {
            "state" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. DeliveryQueryString.States.Select(state => (JsonNode)JsonValue.Create(state)!)] },
            "kind" => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. DeliveryQueryString.Kinds.Select(kind => (JsonNode)JsonValue.Create(kind)!)] },
            "limit" => new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = DeliveryQueryString.MaxLimit.ToString(CultureInfo.InvariantCulture) },
            _ => new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private static OpenApiResponse? Response(OpenApiOperation operation, int status) =>
        operation.Responses?.GetValueOrDefault(status.ToString(CultureInfo.InvariantCulture)) as OpenApiResponse;

    private static IEnumerable<OpenApiMediaType> Media(IDictionary<string, OpenApiMediaType>? content) => content?.Values ?? Enumerable.Empty<OpenApiMediaType>();

    private static Dictionary<string, IOpenApiExample> Named(IEnumerable<(string Name, JsonNode Value)> examples) =>
        examples.ToDictionary(example => example.Name, example => (IOpenApiExample)new OpenApiExample { Value = example.Value }, StringComparer.Ordinal);
}
