using System.Globalization;
using System.Text.Json;
using ThreadGrains.SlackEmulator.Messages;

namespace ThreadGrains.SlackEmulator.Inspection;

/// <summary>Messages as the emulator knows them, in its own shape: nothing hidden, nothing left out. Must be written under the state's lock.</summary>
internal static class MessageTruth
{
    public static void Write(Utf8JsonWriter json, StoredMessage message)
    {
        json.WriteStartObject();
        json.WriteString("team", message.Channel.Workspace.Team);
        json.WriteString("channel", message.Channel.Id);
        json.WriteString("ts", message.Ts.ToString());
        if (message.Parent is { } parent) json.WriteString("thread_ts", parent.Ts.ToString());
        json.WriteString("user", message.User);
        if (message.BotId is { } bot) json.WriteString("bot_id", bot);
        json.WriteString("text", message.Text);
        Optional(json, "blocks", message.Blocks);
        Optional(json, "attachments", message.Attachments);
        Optional(json, "metadata", message.Metadata);
        if (message.Username is { } username) json.WriteString("username", username);
        if (message.Broadcast) json.WriteBoolean("broadcast", true);
        json.WriteNumber("reply_count", message.LiveReplies.Count());
        json.WriteString("storedAt", Time(message.StoredAt));
        json.WriteBoolean("deleted", message.Deleted);
        json.WriteStartArray("edits");
        foreach (var edit in message.Edits)
        {
            json.WriteStartObject();
            json.WriteString("at", Time(edit.At));
            json.WriteString("text", edit.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Ephemeral ephemeral)
    {
        json.WriteStartObject();
        json.WriteString("team", ephemeral.Team);
        json.WriteString("channel", ephemeral.Channel);
        json.WriteString("user", ephemeral.User);
        if (ephemeral.ThreadTs is { } thread) json.WriteString("thread_ts", thread.ToString());
        json.WriteString("text", ephemeral.Text);
        Optional(json, "blocks", ephemeral.Blocks);
        json.WriteString("at", Time(ephemeral.At));
        json.WriteEndObject();
    }

    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static void Optional(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is not { } present) return;
        json.WritePropertyName(name);
        present.WriteTo(json);
    }
}
