using System.Text.Json;
using System.Text.Json.Serialization;
using ThreadGrains.SlackEmulator.Faults;

namespace ThreadGrains.SlackEmulator.Inspection;

internal sealed record FaultsRequest
{
    public long Seed { get; init; }
    public required IReadOnlyList<FaultRule> Rules { get; init; }
}

internal sealed record ChannelFaultsRequest
{
    public required IReadOnlyList<FaultRule> Rules { get; init; }
}

internal sealed record AppRequest
{
    public required string RequestUrl { get; init; }

    /// <summary>Whether the app is told of what happens; absent: as it was.</summary>
    public bool? Events { get; init; }
}

internal sealed record ScopesRequest
{
    /// <summary>What the installation was granted; absent: everything.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }
}

internal sealed record ClockRequest
{
    public required int AheadSeconds { get; init; }
}

internal sealed record ChannelsRequest
{
    public required string Team { get; init; }
    public int? Count { get; init; }
    public string? Name { get; init; }

    /// <summary>Whether other companies share the channels. Default true: an id that nobody in the workspace has is then one of theirs.</summary>
    public bool? Shared { get; init; }
}

internal sealed record ClickRequest
{
    public required string Team { get; init; }
    public required string Channel { get; init; }
    public required string Ts { get; init; }
    public required string ActionId { get; init; }
    public string? Value { get; init; }
    public required string User { get; init; }

    /// <summary>The workspace of somebody of another company; the channel must be shared. Absent: somebody of the team, or a stranger met before.</summary>
    public string? UserTeam { get; init; }

    /// <summary>How often the very same signed request is sent. Default 1.</summary>
    public int? Copies { get; init; }
}

/// <summary>Typing into a menu whose options the app supplies.</summary>
internal sealed record OptionsRequest
{
    public required string Team { get; init; }
    public required string Channel { get; init; }
    public required string Ts { get; init; }
    public required string ActionId { get; init; }
    public required string Value { get; init; }
    public required string User { get; init; }
}

internal sealed record EventRequest
{
    public required string Team { get; init; }

    /// <summary>The inner event, such as <c>{"type": "channel_archive", "channel": "C…"}</c>.</summary>
    public required System.Text.Json.Nodes.JsonObject Event { get; init; }
}

internal sealed record VerificationRequest
{
    public required string Challenge { get; init; }
}

internal sealed record SayRequest
{
    public required string Team { get; init; }
    public required string Channel { get; init; }

    [JsonPropertyName("thread_ts")]
    public string? ThreadTs { get; init; }

    public required string User { get; init; }
    public required string Text { get; init; }
}

/// <summary>Reads the bodies of <c>/emulator/*</c>: exactly the documented fields, so that a misspelt one is told and not ignored.</summary>
internal static class ControlBody
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new FaultNames.Converter() },
    };

    public static JsonSerializerOptions Format => Strict;

    /// <exception cref="RefusedControl">The body is not what the endpoint takes.</exception>
    public static async Task<T> Read<T>(HttpContext http)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Strict, http.RequestAborted)
                ?? throw new RefusedControl(StatusCodes.Status400BadRequest, "the body must be a JSON object");
        }
        catch (JsonException trouble)
        {
            throw new RefusedControl(StatusCodes.Status400BadRequest, trouble.Message);
        }
    }
}

/// <summary>A request of <c>/emulator/*</c> that cannot be carried out; the message says what to mend.</summary>
internal sealed class RefusedControl(int status, string message) : Exception(message)
{
    public int Status => status;

    public static RefusedControl Missing(string what) => new(StatusCodes.Status404NotFound, what);

    public static RefusedControl Wrong(string what) => new(StatusCodes.Status400BadRequest, what);
}
