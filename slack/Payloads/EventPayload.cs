using System.Text.Json;

namespace ThreadGrains.Slack.Payloads;

/// <summary>What Slack sends to the events address. None of it prints more than its type.</summary>
public abstract record EventPayload
{
    private EventPayload()
    {
    }

    /// <summary>Slack's own name of the type.</summary>
    public required string Type { get; init; }

    /// <summary>Only the type.</summary>
    public sealed override string ToString() => Type;

    /// <summary>Slack tests the address: give the challenge back. It is signed like everything else.</summary>
    public sealed record UrlVerification : EventPayload
    {
        /// <summary>To be echoed.</summary>
        public required string Challenge { get; init; }
    }

    /// <summary>An event.</summary>
    public sealed record EventCallback : EventPayload
    {
        /// <summary>Unique over all; what deliveries are deduplicated by.</summary>
        public required string EventId { get; init; }

        /// <summary>When it happened, in Unix seconds.</summary>
        public long? EventTime { get; init; }

        /// <summary>One installation that sees the event; there may be more.</summary>
        public required PayloadWorkspace Workspace { get; init; }

        /// <summary>The app; absent in old deliveries.</summary>
        public string? ApiAppId { get; init; }

        /// <summary>The inner event's type.</summary>
        public required string EventType { get; init; }

        /// <summary>The inner event as it came.</summary>
        public required JsonElement Event { get; init; }
    }

    /// <summary>Slack drops events of this minute: over 30,000 in an hour. It has no event and no id.</summary>
    public sealed record AppRateLimited : EventPayload
    {
        /// <summary>The workspace.</summary>
        public string? TeamId { get; init; }

        /// <summary>The minute, in Unix seconds.</summary>
        public long? MinuteRateLimited { get; init; }
    }

    /// <summary>A type that we have no model of.</summary>
    public sealed record Other : EventPayload;

    /// <summary>Reads the JSON body as received.</summary>
    public static PayloadReadResult<EventPayload> ReadJson(ReadOnlySpan<byte> body)
    {
        var (root, type, fault) = PayloadJson.Parse(body);
        if (fault is not null)
        {
            return Malformed(fault);
        }

        return type switch
        {
            "url_verification" => root.TextOrNull("challenge") is { } challenge
                ? Read(new UrlVerification { Type = type, Challenge = challenge })
                : Malformed("no_challenge"),
            "event_callback" => ReadCallback(root, type),
            "app_rate_limited" => Read(new AppRateLimited
            {
                Type = type,
                TeamId = root.TextOrNull("team_id"),
                MinuteRateLimited = root.Integer("minute_rate_limited"),
            }),
            _ => Read(new Other { Type = type }),
        };
    }

    private static PayloadReadResult<EventPayload> ReadCallback(JsonElement root, string type)
    {
        if (root.Child("event") is not { } inner || inner.TextOrNull("type") is not { } eventType)
        {
            return Malformed("no_event");
        }

        return root.TextOrNull("event_id") is { } eventId
            ? Read(new EventCallback
            {
                Type = type,
                EventId = eventId,
                EventTime = root.Integer("event_time"),
                Workspace = PayloadWorkspace.WorkspaceOf(root),
                ApiAppId = root.TextOrNull("api_app_id"),
                EventType = eventType,
                Event = inner,
            })
            : Malformed("no_event_id");
    }

    private static PayloadReadResult<EventPayload> Read(EventPayload payload) => new PayloadReadResult<EventPayload>.Read(payload);

    private static PayloadReadResult<EventPayload> Malformed(string reason) => new PayloadReadResult<EventPayload>.Malformed(reason);
}
