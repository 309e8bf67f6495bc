using System.Text.Json;

namespace ThreadGrains.Slack.Payloads;

/// <summary>
/// The deprecated verification token that still stands in every payload (contract 1.3). Only for the mode in which an app
/// has nothing else; where a signing secret is configured it is neither required nor looked at.
/// </summary>
public static class LegacyToken
{
    /// <summary>The token of an interactive payload's form body; null: none that can be read.</summary>
    public static string? Of(ReadOnlySpan<byte> formBody)
    {
        if (FormBody.Parse(formBody) is not PayloadReadResult<FormBody>.Read { Value: var form })
        {
            return null;
        }

        if (form.Single("payload") is not { } payload)
        {
            return form.Single("token");
        }

        try
        {
            using var json = JsonDocument.Parse(payload);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String
                ? token.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
