using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Blocks;

/// <summary>Slack's limits of Block Kit (contract section 14): what Slack would refuse with <c>invalid_blocks</c>, and why.</summary>
internal static class BlockRules
{
    private static readonly string[] Known = ["section", "header", "context", "actions", "divider", "image", "input", "rich_text", "markdown", "video", "file"];

    public static IReadOnlyList<string> Check(JsonArray blocks, int max = 50)
    {
        var wrong = new List<string>();
        if (blocks.Count > max)
        {
            wrong.Add($"[ERROR] no more than {max} items allowed [json-pointer:/blocks]");
        }

        var blockIds = new HashSet<string>();
        var actionIds = new HashSet<string>();
        for (int i = 0; i < blocks.Count; i++)
        {
            string at = $"/blocks/{i}";
            if (blocks[i] is not JsonObject block || Text(block, "type") is not { } type)
            {
                wrong.Add($"[ERROR] missing required field: type [json-pointer:{at}]");
                continue;
            }

            if (!Known.Contains(type))
            {
                wrong.Add($"[ERROR] unsupported type: {type} [json-pointer:{at}/type]");
                continue;
            }

            if (Text(block, "block_id") is { } id && (id.Length > 255 || !blockIds.Add(id)))
            {
                wrong.Add($"[ERROR] `block_id` too long or not unique [json-pointer:{at}/block_id]");
            }

            CheckBlock(wrong, block, type, at, actionIds);
        }

        return wrong;
    }

    private static void CheckBlock(List<string> wrong, JsonObject block, string type, string at, HashSet<string> actionIds)
    {
        switch (type)
        {
            case "section":
                var fields = block["fields"] as JsonArray;
                if (block["text"] is null && fields is null)
                {
                    wrong.Add($"[ERROR] a section needs text or fields [json-pointer:{at}]");
                }

                CheckText(wrong, block["text"], $"{at}/text", 3000);
                Count(wrong, fields, 1, 10, $"{at}/fields");
                foreach (var field in fields ?? [])
                {
                    CheckText(wrong, field, $"{at}/fields", 2000);
                }

                if (block["accessory"] is JsonObject accessory)
                {
                    CheckElement(wrong, accessory, $"{at}/accessory", actionIds);
                }

                break;
            case "header":
                CheckText(wrong, block["text"] ?? new JsonObject(), $"{at}/text", 150, plainOnly: true);
                break;
            case "context":
                Count(wrong, block["elements"] as JsonArray ?? [], 1, 10, $"{at}/elements");
                foreach (var element in block["elements"] as JsonArray ?? [])
                {
                    if (Text(element, "type") != "image")
                    {
                        CheckText(wrong, element, $"{at}/elements", 3000);
                    }
                }

                break;
            case "actions":
                Count(wrong, block["elements"] as JsonArray ?? [], 1, 25, $"{at}/elements");
                foreach (var element in block["elements"] as JsonArray ?? [])
                {
                    CheckElement(wrong, element as JsonObject ?? [], $"{at}/elements", actionIds);
                }

                break;
            default:
                break;
        }
    }

    private static void CheckElement(List<string> wrong, JsonObject element, string at, HashSet<string> actionIds)
    {
        if (Text(element, "action_id") is { } id && (id.Length > 255 || !actionIds.Add(id)))
        {
            wrong.Add($"[ERROR] `action_id` too long or not unique [json-pointer:{at}]");
        }

        if (Text(element, "type") != "button")
        {
            return;
        }

        CheckText(wrong, element["text"] ?? new JsonObject(), $"{at}/text", 75, plainOnly: true);
        if (Text(element, "value") is { Length: > 2000 })
        {
            wrong.Add($"[ERROR] must be less than 2001 characters [json-pointer:{at}/value]");
        }

        if (Text(element, "url") is { Length: > 3000 })
        {
            wrong.Add($"[ERROR] must be less than 3001 characters [json-pointer:{at}/url]");
        }

        if (Text(element, "style") is { } style && style is not ("primary" or "danger"))
        {
            wrong.Add($"[ERROR] must be a valid enum value [json-pointer:{at}/style]");
        }
    }

    private static void CheckText(List<string> wrong, JsonNode? node, string at, int max, bool plainOnly = false)
    {
        if (node is null)
        {
            return;
        }

        if (Text(node, "type") is not ("plain_text" or "mrkdwn") || (plainOnly && Text(node, "type") != "plain_text"))
        {
            wrong.Add($"[ERROR] not a text object of the right type [json-pointer:{at}]");
        }

        string text = Text(node, "text") ?? "";
        if (text.Length == 0)
        {
            wrong.Add($"[ERROR] must be more than 0 characters [json-pointer:{at}/text]");
        }
        else if (text.Length > max)
        {
            wrong.Add($"[ERROR] must be less than {max + 1} characters [json-pointer:{at}/text]");
        }
    }

    private static void Count(List<string> wrong, JsonArray? items, int min, int max, string at)
    {
        if (items is not null && (items.Count < min || items.Count > max))
        {
            wrong.Add($"[ERROR] must hold {min} to {max} items [json-pointer:{at}]");
        }
    }

    private static string? Text(JsonNode? node, string name) =>
        node is JsonObject o && o[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
