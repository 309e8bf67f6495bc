using System.Text.Json;
using ThreadGrains.Slack.Blocks;

namespace ThreadGrains.Slack.WebApi;

/// <summary>Where the marker stands in a message, the same for a post and for its later edits.</summary>
internal static class MarkerPlace
{
    public static BlockList Check(BlockList blocks) => blocks.Count > 0 && blocks[0].BlockId is not null
        ? throw new ArgumentException("blocks: the first block must have no block_id of its own, the marker goes there.", nameof(blocks))
        : blocks;

    public static void Write(Utf8JsonWriter json, BlockList blocks, PostMarker marker, bool omitMetadata)
    {
        json.WritePropertyName("blocks");
        blocks.Write(json, marker.BlockId);
        if (!omitMetadata)
        {
            marker.WriteMetadata(json);
        }
    }
}
