using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ThreadGrains.WebhookGateway.OpenApi;

/// <summary>Fields that hold one of a closed set of words say so, from the attribute on the property; a sender's own object says that it is one.</summary>
internal static class WordsTransformer
{
    public static Task Transform(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute words])
        {
            schema.Enum = [.. words.Values.OfType<string>().Select(word => (JsonNode)JsonValue.Create(word)!)];
        }

        if (Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) == typeof(JsonElement) || context.JsonTypeInfo.Type == typeof(JsonElement))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Description = "The type's own fields, such as text of a note. Further ones are kept and not shown.";
        }

        return Task.CompletedTask;
    }
}
