using System.Text.Json;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

public sealed class PostMarkerTests
{
    private const string Id = "0190b3a0-7c1f-7000-8000-000000000001";
    private const string Other = "0190b3a0-7c1f-7000-8000-000000000002";

    [Theory]
    [InlineData("""{"metadata":{"event_type":"threadgrains_post","event_payload":{"post":"ID","v":1}}}""", true)]
    [InlineData("""{"metadata":{"event_type":"threadgrains_post","event_payload":{"post":"ID","v":1,"more":true}}}""", true)]
    [InlineData("""{"metadata":{"event_type":"threadgrains_post"},"blocks":[{"block_id":"tg1:ID"}]}""", true)]
    [InlineData("""{"metadata":{"event_type":"threadgrains_post","event_payload":{"post":"ID","v":1}},"blocks":[{"block_id":"tg1:OTHER"}]}""", true)]
    [InlineData("""{"blocks":[{"block_id":"x"},{"block_id":"tg1:ID"}]}""", true)]
    [InlineData("""{"metadata":{"event_type":"threadgrains_post","event_payload":{"post":"ID","v":2}}}""", false)]
    [InlineData("""{"metadata":{"event_type":"another_app","event_payload":{"post":"ID","v":1}}}""", false)]
    [InlineData("""{"metadata":{"event_type":"threadgrains_post","event_payload":{"post":"not an id","v":1}}}""", false)]
    [InlineData("""{"metadata":null,"blocks":null}""", false)]
    [InlineData("""{"blocks":[{"block_id":"tg1: ID"},{"block_id":"tg1:ID "},{"block_id":"TG1:ID"},{"block_id":"tg2:ID"},{"block_id":7},{}]}""", false)]
    [InlineData("""{"blocks":[{"block_id":"tg1:{ID}"}]}""", false)]
    [InlineData("{}", false)]
    public void A_marker_is_read_from_metadata_or_else_from_a_block(string json, bool found)
    {
        using var message = JsonDocument.Parse(json.Replace("ID", Id, StringComparison.Ordinal).Replace("OTHER", Other, StringComparison.Ordinal));
        Assert.Equal(found ? new PostMarker(Guid.Parse(Id)) : null, PostMarker.FromMessage(message.RootElement));
    }

    [Theory]
    [InlineData("""{"post":"ID","v":1,"delivery":"OTHER"}""", true)]
    [InlineData("""{"post":"ID","v":1}""", false)]
    [InlineData("""{"post":"ID","v":1,"delivery":"not an id"}""", false)]
    [InlineData("""{"post":"ID","v":1,"delivery":7}""", false)]
    [InlineData("""{"post":"ID","v":1,"delivery":null}""", false)]
    public void A_marker_names_the_delivery_where_it_was_written_and_is_one_without_it(string payload, bool named)
    {
        using var message = JsonDocument.Parse("""{"metadata":{"event_type":"threadgrains_post","event_payload":PAYLOAD}}"""
            .Replace("PAYLOAD", payload, StringComparison.Ordinal).Replace("ID", Id, StringComparison.Ordinal).Replace("OTHER", Other, StringComparison.Ordinal));
        Assert.Equal(new PostMarker(Guid.Parse(Id), named ? Guid.Parse(Other) : null), PostMarker.FromMessage(message.RootElement));
    }

    [Fact]
    public void A_block_id_reads_back_and_only_as_it_was_written()
    {
        var marker = new PostMarker(Guid.Parse(Id));
        Assert.Equal("tg1:" + Id, marker.BlockId);
        Assert.Equal(marker, PostMarker.FromBlockId(marker.BlockId));
        Assert.Null(PostMarker.FromBlockId("tg1:" + Id.ToUpperInvariant().Replace('0', 'A')));
        Assert.Null(PostMarker.FromBlockId(null));
    }
}
