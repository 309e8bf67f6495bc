using System.Text;
using System.Text.Json;
using ThreadGrains.Groups;

namespace ThreadGrains.WebhookGateway.Tests.Requests;

/// <summary>UTF-8 is taken however a sender names or marks it, and another encoding is refused by its name.</summary>
public sealed class Encodings
{
    private const string Activity = """{"id": "a1", "group": "g", "type": "note", "actor": {"type": "user", "name": "Zoë"}, "data": {"text": "日本"}}""";
    private const string Alert = """{"id": "al1", "group": "g", "issue": {"title": "Zoë"}}""";

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    public static TheoryData<string> Utf8Names =>
    [
        "application/json; charset=utf8", "application/json;charset=UTF8", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
        "application/json; charset=\"utf8\"", "application/json; charset='utf-8'", "application/json; charset=UTF-8; v=1", "application/json; v=1; charset=utf8",
        "APPLICATION/JSON", "Application/Json; Charset=Utf8", "application/json;", "application/json ; charset=utf8",
    ];

    [Theory]
    [MemberData(nameof(Utf8Names))]
    public async Task JSON_in_UTF8_is_taken_however_the_charset_is_spelled(string mediaType)
    {
        await using var world = await World.Start();

        Assert.Equal(202, (int)(await world.Post("/v1/alerts", Alert, mediaType)).Status);
        Assert.Equal(202, (int)(await world.Post("/v1/activities", Activity, mediaType)).Status);
        Assert.Equal("Zoë", Assert.Single(world.Script.Asked<Activity>("Accept")).Actor.Name);
    }

    [Theory]
    [InlineData("application/x-ndjson; charset=utf8")]
    [InlineData("APPLICATION/X-NDJSON;charset=\"UTF8\"")]
    [InlineData("application/jsonl; charset=UTF-8; v=1")]
    public async Task A_batch_in_UTF8_is_taken_however_the_charset_is_spelled(string mediaType)
    {
        await using var world = await World.Start();

        Assert.Equal([202, 202], Statuses(await world.Post("/v1/activities/batch", Activity + "\n" + Activity, mediaType)));
    }

    [Theory]
    [InlineData("/v1/alerts", "application/json; charset=iso-8859-1")]
    [InlineData("/v1/activities", "application/json; charset=\"UTF-16\"")]
    [InlineData("/v1/activities", "application/json; charset=utf-8859")]
    [InlineData("/v1/activities/batch", "application/x-ndjson; charset=windows-1252")]
    public async Task Another_charset_is_answered_415_that_says_so(string path, string mediaType)
    {
        await using var world = await World.Start();

        string detail = (await world.Post(path, Alert, mediaType)).Problem(415, "unsupported_media_type").GetProperty("detail").GetString()!;

        Assert.Contains("charset", detail, StringComparison.Ordinal);
        Assert.Contains("UTF-8", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_before_JSON_is_passed_over()
    {
        await using var world = await World.Start();

        Assert.Equal(202, (int)(await world.Send(HttpMethod.Post, "/v1/alerts", Marked(Alert))).Status);
        Assert.Equal(202, (int)(await world.Send(HttpMethod.Post, "/v1/activities", Marked(Activity))).Status);
        Assert.Equal("Zoë", Assert.Single(world.Script.Asked<Alert>("Announce")).Issue.Title);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_byte_order_mark_before_a_line_of_a_batch_is_passed_over(int marked)
    {
        await using var world = await World.Start();
        // Files that were joined have one in the middle.
        byte[] body = [.. Enumerable.Range(1, 3).SelectMany(line => (byte[])[.. line == marked ? Marked(Activity) : Encoding.UTF8.GetBytes(Activity), .. "\r\n"u8])];

        Assert.Equal([202, 202, 202], Statuses(await world.Send(HttpMethod.Post, "/v1/activities/batch", body, "application/x-ndjson")));
    }

    [Fact]
    public async Task A_byte_order_mark_counts_only_once_and_only_at_the_beginning()
    {
        await using var world = await World.Start();

        (await world.Send(HttpMethod.Post, "/v1/alerts", [.. Mark, .. Marked(Alert)])).Problem(400, "invalid_request");
        (await world.Send(HttpMethod.Post, "/v1/alerts", [.. "{"u8, .. Mark, .. Encoding.UTF8.GetBytes(Alert[1..])])).Problem(400, "invalid_request");
        Assert.Contains("empty", (await world.Send(HttpMethod.Post, "/v1/alerts", Mark)).Invalid(""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16", "UTF-16")]
    [InlineData("utf-16BE", "UTF-16")]
    [InlineData("utf-32", "UTF-32")]
    [InlineData("utf-32BE", "UTF-32")]
    public async Task Another_encodings_byte_order_mark_is_answered_400_that_names_it(string encoding, string name)
    {
        await using var world = await World.Start();
        var other = Encoding.GetEncoding(encoding);

        foreach (var (path, mediaType, text) in new[]
        {
            ("/v1/alerts", "application/json", Alert), ("/v1/activities", "application/json", Activity), ("/v1/activities/batch", "application/x-ndjson", Activity + "\n" + Activity),
        })
        {
            string detail = (await world.Send(HttpMethod.Post, path, [.. other.GetPreamble(), .. other.GetBytes(text)], mediaType)).Invalid("");
            Assert.Contains(name, detail, StringComparison.Ordinal);
            Assert.Contains("UTF-8", detail, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(world.Script.Calls, call => call.Method is not "GetAccess");
    }

    private static byte[] Marked(string text) => [.. Mark, .. Encoding.UTF8.GetBytes(text)];

    private static IEnumerable<int> Statuses(Answer answer)
    {
        Assert.True((int)answer.Status == 200, answer.Body);
        return answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("status").GetInt32());
    }
}
