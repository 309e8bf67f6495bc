using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Blocks;

/// <summary>What Slack adds to blocks before it gives them back: ids, the defaults of text objects, entities and links.</summary>
internal static class BlockFilling
{
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private const int IdLength = 5;

    /// <param name="blocks">A valid array of blocks.</param>
    /// <param name="idsFrom">What missing ids are derived from, so that the same message gets the same ids.</param>
    public static JsonElement Fill(JsonElement blocks, string idsFrom)
    {
        var list = JsonArray.Create(blocks)!;
        for (var i = 0; i < list.Count; i++)
        {
            var block = list[i]!.AsObject();
            if (block["block_id"] is not JsonValue) block["block_id"] = Id($"{idsFrom}/{i}");
            FillInside(block, $"{idsFrom}/{i}");
        }
        return JsonSerializer.SerializeToElement(list);
    }

    private static void FillInside(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonArray items:
                for (var i = 0; i < items.Count; i++) FillInside(items[i], $"{path}/{i}");
                break;
            case JsonObject thing:
                switch (TypeOf(thing))
                {
                    case "plain_text":
                        thing["emoji"] ??= true;
                        return;
                    case "mrkdwn":
                        thing["verbatim"] ??= false;
                        if (thing["text"] is JsonValue text && text.TryGetValue<string>(out var raw))
                            thing["text"] = MessageText.Normalise(raw, link: thing["verbatim"] is not JsonValue verbatim || !verbatim.TryGetValue<bool>(out var literal) || !literal);
                        return;
                    case "rich_text" or "markdown" or "table":
                        return;
                    case { } type when BlockKinds.Interactive.Contains(type):
                        thing["action_id"] ??= Id(path);
                        break;
                }
                foreach (var (name, inside) in thing.ToList()) FillInside(inside, $"{path}/{name}");
                break;
        }
    }

    private static string? TypeOf(JsonObject thing) =>
        thing["type"] is JsonValue type && type.TryGetValue<string>(out var text) ? text : null;

    private static string Id(string from)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(from));
        return string.Create(IdLength, hash, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = IdAlphabet[bytes[i] % IdAlphabet.Length];
        });
    }
}
