using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>The arguments of a call, whether they came as a form or as JSON.</summary>
internal sealed class ApiArguments
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    /// <summary>The token among the form's fields. A token in a JSON body is not one for Slack.</summary>
    public string? FormToken { get; private set; }

    /// <summary>What Slack would remark about how the arguments came.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The argument as text; null when absent, empty, or JSON that is no text.</summary>
    public string? Text(string name) => _texts.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    /// <summary>The argument as text, empty ones included: an update may set a text to nothing.</summary>
    public string? TextOrEmpty(string name) => _texts.GetValueOrDefault(name);

    public bool? Flag(string name) => Text(name)?.ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };

    /// <summary>An argument that is JSON itself: a value in a JSON body, or text in a form.</summary>
    /// <param name="name">The argument.</param>
    /// <param name="value">Its value; null when the argument is absent or empty.</param>
    /// <returns>False: it is there, and is not JSON.</returns>
    public bool TryJson(string name, out JsonElement? value)
    {
        value = null;
        if (_values.TryGetValue(name, out var element))
        {
            value = element;
            return true;
        }
        if (Text(name) is not { } text) return true;
        if (ReadJson(text) is not { } parsed) return false;
        value = parsed;
        return true;
    }

    /// <param name="request">The call as it came.</param>
    /// <param name="acceptsJson">Whether the method reads JSON bodies; others ignore them, as if nothing had been sent.</param>
    /// <param name="arguments">What was read.</param>
    /// <returns>The error code, or null.</returns>
    public static string? Read(ApiRequest request, bool acceptsJson, out ApiArguments arguments)
    {
        arguments = new ApiArguments();
        arguments.AddForm(request.Query);
        arguments.FormToken = null;         // a token in the address is refused: it would stand in everybody's logs
        switch (request.MediaType)
        {
            case "application/x-www-form-urlencoded":
                if (request.HasCharset) arguments.Warnings.Add("superfluous_charset");
                arguments.AddForm(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(request.Body)).Select(static field => (field.Key, field.Value.ToString())));
                return null;
            case "multipart/form-data":
                if (request.Multipart is null) return "invalid_form_data";
                arguments.AddForm(request.Multipart);
                return null;
            case "application/json":
                if (!request.HasCharset) arguments.Warnings.Add("missing_charset");
                return acceptsJson && request.Body.Length > 0 ? arguments.AddJson(request.Body) : null;
            case null:
                return request.Body.Length > 0 ? "missing_post_type" : null;
            default:
                return request.Body.Length > 0 ? "invalid_post_type" : null;
        }
    }

    /// <summary>JSON without duplicate names and unpaired surrogates, which nothing behind here could write again.</summary>
    private static JsonElement? ReadJson(string text)
    {
        try
        {
            var element = JsonElement.Parse(text, Strict);
            CheckTexts(element);
            return element;
        }
        catch (Exception trouble) when (trouble is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) CheckTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }
                break;
        }
    }

    private void AddForm(IEnumerable<(string Name, string Value)> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (name == "token") FormToken = value;
            else _texts[name] = value;
        }
    }

    private string? AddJson(byte[] body)
    {
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return "invalid_json";
        }
        if (ReadJson(text) is not { } root) return "invalid_json";
        if (root.ValueKind != JsonValueKind.Object) return "json_not_object";
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Value.ValueKind)
            {
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.String:
                    _texts[property.Name] = property.Value.GetString()!;
                    break;
                case JsonValueKind.Array or JsonValueKind.Object:
                    _values[property.Name] = property.Value;
                    break;
                default:
                    _texts[property.Name] = property.Value.GetRawText();
                    break;
            }
        }
        return null;
    }
}
