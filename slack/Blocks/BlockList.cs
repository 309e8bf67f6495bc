using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ThreadGrains.Slack.Blocks;

/// <summary>
/// The blocks of one message: at most 50, their texts together not over <see cref="MaxText"/>, with no <c>block_id</c> and no
/// <c>action_id</c> twice.
/// </summary>
[CollectionBuilder(typeof(BlockList), nameof(Of))]
public sealed class BlockList : IReadOnlyList<Block>
{
    /// <summary>Slack's limit for a message.</summary>
    public const int MaxCount = 50;

    /// <summary>
    /// All texts of a message's blocks together, in UTF-16 units. Slack does not document the limit; users report that it
    /// answers <c>msg_blocks_too_long</c> from 12,000 to 13,200 on.
    /// </summary>
    public const int MaxText = 12_000;

    private readonly Block[] _blocks;

    private BlockList(Block[] blocks) => _blocks = blocks;

    /// <summary>No blocks: the message is its text.</summary>
    public static BlockList Empty { get; } = new([]);

    /// <summary>How many.</summary>
    public int Count => _blocks.Length;

    /// <summary>One of them.</summary>
    public Block this[int index] => _blocks[index];

    /// <summary>Builds the list; also what <c>[…]</c> calls.</summary>
    /// <exception cref="ArgumentException">Too many blocks, too much text, or an id twice.</exception>
    public static BlockList Of(params ReadOnlySpan<Block> blocks)
    {
        if (blocks.Length > MaxCount)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"blocks: {blocks.Length} items, the limit is {MaxCount}."));
        }

        var length = 0;
        foreach (var block in blocks)
        {
            length += block.TextLength;
        }

        if (length > MaxText)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"blocks: {length} characters in all texts together, the limit is {MaxText}."));
        }

        var blockIds = new HashSet<string>(StringComparer.Ordinal);
        var actionIds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var block in blocks)
        {
            if (block.BlockId is { } blockId && !blockIds.Add(blockId))
            {
                throw new ArgumentException($"block_id: '{blockId}' stands twice in the message.");
            }

            foreach (var actionId in block.ActionIds)
            {
                if (!actionIds.Add(actionId))
                {
                    throw new ArgumentException($"action_id: '{actionId}' stands twice in the message.");
                }
            }
        }

        return new BlockList(blocks.ToArray());
    }

    /// <summary>The JSON that Slack gets. The same blocks give the same bytes.</summary>
    public string ToJson() => SlackJson.Text(json => Write(json, firstBlockId: null));

    /// <inheritdoc/>
    public IEnumerator<Block> GetEnumerator() => ((IEnumerable<Block>)_blocks).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Write(Utf8JsonWriter json, string? firstBlockId)
    {
        json.WriteStartArray();
        for (var i = 0; i < _blocks.Length; i++)
        {
            _blocks[i].Write(json, i == 0 && firstBlockId is not null ? firstBlockId : _blocks[i].BlockId);
        }

        json.WriteEndArray();
    }
}
