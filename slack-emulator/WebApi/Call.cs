using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The arguments of one call, however they were encoded.</summary>
internal sealed class Arguments(IReadOnlyDictionary<string, JsonNode?> values)
{
    public string? Text(string name) => values.GetValueOrDefault(name) switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        var other => other.ToJsonString(),
    };

    public bool Flag(string name) => Text(name) is "true" or "1" or "True";

    public int? Number(string name) => int.TryParse(Text(name), out int number) ? number : null;

    /// <summary>JSON that stands as text in a form's field, or as it is in a JSON body. The second value is false where it cannot be read.</summary>
    public (JsonNode? Node, bool Readable) Json(string name)
    {
        switch (values.GetValueOrDefault(name))
        {
            case null:
                return (null, true);
            case JsonValue value when value.TryGetValue(out string? text):
                try
                {
                    return (text.Length == 0 ? null : JsonNode.Parse(text), true);
                }
                catch (JsonException)
                {
                    return (null, false);
                }

            case var node:
                return (node, true);
        }
    }
}

/// <summary>One call of a method, authenticated.</summary>
internal sealed record Call(string Method, Workspace Team, Arguments Arguments, TimeSpan Hidden, bool DropMetadata);

/// <summary>An answer of Slack's.</summary>
internal static class Answer
{
    public static JsonObject Ok(params (string Name, JsonNode? Value)[] fields)
    {
        var answer = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in fields)
        {
            answer[name] = value;
        }

        return answer;
    }

    public static JsonObject Error(string code, IEnumerable<string>? messages = null)
    {
        var answer = new JsonObject { ["ok"] = false, ["error"] = code };
        if (messages is not null)
        {
            answer["response_metadata"] = new JsonObject { ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)message)]) };
        }

        return answer;
    }
}
