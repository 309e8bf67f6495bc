using System.Text.Json;

namespace ThreadGrains.Groups;

/// <summary>The fields of <c>data</c> that each activity type needs or understands. Further fields are kept and not shown.</summary>
internal static class ActivityDataRules
{
    private enum Form
    {
        Text,
        VisibleText,
        Number,
        TextOrNumber,
        Truth,
        Url,
        AssigneeType,
        Until,
    }

    private sealed record Field(string Name, Form Form, bool Required = false);

    private static readonly Field[] Commit = [new("repository", Form.Text), new("url", Form.Url)];

    private static readonly Dictionary<string, Field[]> Fields = new()
    {
        [ActivityTypes.ResolvedByAge] = [new("age", Form.Number)],
        [ActivityTypes.ResolvedInRelease] = [new("version", Form.Text)],
        [ActivityTypes.ResolvedInCommit] = [new("commit", Form.Text, Required: true), .. Commit],
        [ActivityTypes.ResolvedInPullRequest] = [new("number", Form.TextOrNumber, Required: true), .. Commit],
        [ActivityTypes.ReferencedInCommit] = [new("commit", Form.Text), .. Commit],
        [ActivityTypes.Regressed] = [new("version", Form.Text)],
        [ActivityTypes.Archived] = [new("until", Form.Until), new("duration", Form.Number), new("count", Form.Number), new("forever", Form.Truth)],
        [ActivityTypes.Escalating] = [new("forecast", Form.Number)],
        [ActivityTypes.Assigned] = [new("assignee", Form.VisibleText, Required: true), new("assigneeType", Form.AssigneeType, Required: true)],
        [ActivityTypes.Note] = [new("text", Form.VisibleText, Required: true)],
        [ActivityTypes.ExternalIssueCreated] = [new("provider", Form.Text, Required: true), new("label", Form.Text), new("url", Form.Url)],
    };

    internal static void Check(List<Violation> found, string type, string? data)
    {
        if (data is { Length: > RequestRules.MaxDataLength })
        {
            found.Add(new Violation("data", $"is {data.Length} characters of JSON; at most {RequestRules.MaxDataLength} are taken"));
            return;
        }

        JsonElement values = default;
        if (data is not null)
        {
            try
            {
                using var document = JsonDocument.Parse(data);
                values = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                found.Add(new Violation("data", "is not JSON"));
                return;
            }

            if (values.ValueKind != JsonValueKind.Object)
            {
                found.Add(new Violation("data", "must be a JSON object"));
                return;
            }

            CheckStorable(found, "data", values);
        }

        foreach (var field in Fields.GetValueOrDefault(type, []))
        {
            bool present = values.ValueKind == JsonValueKind.Object
                && values.TryGetProperty(field.Name, out var value) && value.ValueKind != JsonValueKind.Null;
            if (!present)
            {
                if (field.Required)
                {
                    found.Add(new Violation($"data.{field.Name}", $"is missing; {type} needs it"));
                }
            }
            else if (Complaint(field.Form, values.GetProperty(field.Name)) is { } complaint)
            {
                found.Add(new Violation($"data.{field.Name}", complaint));
            }
        }
    }

    private static string? Complaint(Form form, JsonElement value) => form switch
    {
        Form.Text => value.ValueKind == JsonValueKind.String ? null : "must be text",
        Form.VisibleText => value.ValueKind != JsonValueKind.String ? "must be text"
            : VisibleText.IsBlank(TextOf(value)) ? "holds nothing that can be seen; send the text itself" : null,
        Form.Number => value.ValueKind == JsonValueKind.Number ? null : "must be a number",
        Form.TextOrNumber => value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? null : "must be text or a number",
        Form.Truth => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
        Form.Url => value.ValueKind == JsonValueKind.String && RequestRules.IsHttpUrl(value.GetString()!) ? null : "must be an absolute http or https address",
        Form.AssigneeType => value.ValueKind == JsonValueKind.String && value.GetString() is "user" or "team" ? null : "must be user or team",
        Form.Until => value.ValueKind == JsonValueKind.String && TextOf(value) is { } until && (ArchiveConditions.Words.Contains(until) || Rfc3339.TryParse(until, out _))
            ? null
            : $"must be a time as RFC 3339 writes it, such as 2027-01-31T12:00:00Z, or one of {string.Join(", ", ArchiveConditions.Words)}",
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {form}"),
    };

    private static void CheckStorable(List<Violation> found, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    RequestRules.CheckText(found, path, property.Name);
                    CheckStorable(found, $"{path}.{property.Name}", property.Value);
                }

                break;
            case JsonValueKind.Array:
                int i = 0;
                foreach (var item in value.EnumerateArray())
                {
                    CheckStorable(found, $"{path}[{i++}]", item);
                }

                break;
            case JsonValueKind.String:
                string? text = TextOf(value);
                if (text is null)
                {
                    found.Add(new Violation(path, "holds an unpaired surrogate, which has no UTF-8 form; remove it"));
                }
                else
                {
                    RequestRules.CheckText(found, path, text, RequestRules.MaxDataLength);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>System.Text.Json throws for escapes of unpaired surrogates instead of returning them.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
