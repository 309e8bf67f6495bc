using System.Text.Json;
using System.Text.Json.Serialization;

namespace ThreadGrains.Standalone.Backups;

/// <summary>What a backup says of itself: <c>manifest.json</c>, beside the databases.</summary>
/// <param name="Format">The archive's own format; rises when an older version could not read it right.</param>
/// <param name="Product">Always <c>ThreadGrains</c>.</param>
/// <param name="Version">The version that made it.</param>
/// <param name="TakenAt">When the ledger was copied.</param>
/// <param name="Groups">Groups in the ledger.</param>
/// <param name="Activities">Alerts and activities in the ledger.</param>
/// <param name="Unfinished">Deliveries that had not ended.</param>
/// <param name="Ledger">The ledger's file.</param>
/// <param name="Grains">The grain state's file.</param>
internal sealed record BackupManifest(
    int Format, string Product, string Version, DateTimeOffset TakenAt, long Groups, long Activities, long Unfinished,
    BackedUpFile Ledger, BackedUpFile Grains)
{
    public const int ThisFormat = 1;
    public const string ThisProduct = "ThreadGrains";
    public const string EntryName = "manifest.json";

    /// <summary>A manifest is short; whatever is longer is none.</summary>
    public const int MaxBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Format1 = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Format1);

    /// <exception cref="JsonException">It is no manifest.</exception>
    public static BackupManifest Read(byte[] bytes) =>
        JsonSerializer.Deserialize<BackupManifest>(bytes, Format1) ?? throw new JsonException("it is null");

    /// <summary>Only the format, of a manifest that may otherwise be made of anything.</summary>
    /// <exception cref="JsonException">It is no manifest.</exception>
    public static int FormatOf(byte[] bytes)
    {
        using var json = JsonDocument.Parse(bytes);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Number && format.TryGetInt32(out int number) && number > 0
            ? number
            : throw new JsonException("it names no format");
    }
}

/// <summary>One database in a backup.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, hex in lower case.</param>
/// <param name="Schema">The schema scripts that it has seen, in their order.</param>
internal sealed record BackedUpFile(long Bytes, string Sha256, IReadOnlyList<string> Schema);
