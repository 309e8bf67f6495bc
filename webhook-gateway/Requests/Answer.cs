using System.Text.Json.Serialization.Metadata;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>Writes an answer with its own type's names: never a type that something else's settings shape.</summary>
internal static class Answer
{
    public static IResult Json<T>(int status, T value, JsonTypeInfo<T> type) => Results.Json(value, type, RequestReader.Json, status);
}
