using System.Text;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Hosting;

namespace ThreadGrains.SlackEmulator.Tests;

public sealed class DurabilityTests
{
    [Fact]
    public async Task A_restart_keeps_everything_and_later_ts_are_later()
    {
        await using var slack = await Emulator.Start();
        var root = await slack.Post("root", more: [("blocks", """[{"type":"divider"}]"""), ("metadata", """{"event_type":"a","event_payload":{"p":"1"}}""")]);
        await slack.Post("reply", root);
        var gone = await slack.Post("gone", root);
        await slack.Call("chat.delete", ("channel", Emulator.Channel), ("ts", gone));
        await slack.Call("chat.update", ("channel", Emulator.Channel), ("ts", root), ("text", "root, edited"));
        await slack.Call("chat.postEphemeral", ("channel", Emulator.Channel), ("user", Emulator.User), ("text", "psst"));
        await slack.Do("channels", new JsonObject { ["team"] = "T2OTHER", ["count"] = 2 });
        await slack.Do($"channels/{Emulator.Channel}/kick");
        await slack.Do($"messages/{Emulator.Channel}/{root}/delete");
        var before = await Everything(slack);

        slack.Clock.AdjustTime(slack.Clock.GetUtcNow() - TimeSpan.FromMinutes(5));
        await slack.Restart();

        Assert.Equal(before, await Everything(slack));
        await slack.Call("conversations.join", ("channel", Emulator.Channel));
        Assert.True(string.CompareOrdinal(await slack.Post("after"), gone) > 0);
        Assert.Equal("tombstone", (string?)(await slack.Replies(root))["messages"]![0]!["subtype"]);
    }

    [Fact]
    public async Task A_last_line_that_was_cut_off_is_forgotten_at_every_place_it_can_be_cut()
    {
        await using var slack = await Emulator.Start();
        await slack.Post("kept");
        var log = Path.Combine(slack.Folder, "slack.jsonl");
        await slack.Stop();
        var whole = await File.ReadAllBytesAsync(log);
        var line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(whole).Split('\n')[^2].Replace("kept", "torn", StringComparison.Ordinal));
        for (var cut = 0; cut <= line.Length; cut += 7)
        {
            await File.WriteAllBytesAsync(log, [.. whole, .. line[..cut]]);
            await using var again = await Emulator.Start(folder: slack.Folder);
            Assert.Equal("kept", (string?)Assert.Single(await again.Stored())!["text"]);
        }
        await slack.Restart();
        await slack.Post("next");
        await slack.Restart();
        Assert.Equal(["kept", "next"], (await slack.Stored()).Select(static message => (string?)message!["text"]));
    }

    [Fact]
    public async Task Damage_in_the_middle_of_the_log_stops_the_start_with_the_line()
    {
        await using var slack = await Emulator.Start();
        await slack.Post("one");
        await slack.Post("two");
        await slack.Stop();
        var log = Path.Combine(slack.Folder, "slack.jsonl");
        var lines = await File.ReadAllLinesAsync(log);
        var good = lines[^2];
        lines[^2] = lines[^2][..10];
        await File.WriteAllLinesAsync(log, lines);

        var damage = await Assert.ThrowsAsync<InvalidDataException>(() => Emulator.Start(folder: slack.Folder));
        Assert.Contains($"line {lines.Length - 1} ", damage.Message, StringComparison.Ordinal);

        lines[^2] = good;
        await File.WriteAllLinesAsync(log, lines);
        await slack.Restart();
    }

    [Fact]
    public async Task A_folder_has_one_emulator_at_a_time()
    {
        await using var slack = await Emulator.Start();
        await Assert.ThrowsAsync<IOException>(() => Emulator.Start(folder: slack.Folder));
    }

    [Fact]
    public async Task No_secret_is_written_to_the_folder()
    {
        await using var slack = await Emulator.Start();
        await slack.Do("channels", new JsonObject { ["team"] = "T2OTHER", ["count"] = 1 });
        await slack.Stop();
        var log = await File.ReadAllTextAsync(Path.Combine(slack.Folder, "slack.jsonl"));
        Assert.DoesNotContain("xoxb", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Emulator.Secret, log, StringComparison.Ordinal);
        await slack.Restart();
    }

    [Theory]
    [InlineData("--prot", "1", "unknown option --prot")]
    [InlineData("--port", "many", "'many' is not a port")]
    [InlineData("--request-url", "here", "'here' is not an http(s) address")]
    [InlineData("--team", "team", "'team' is not an id for --team")]
    [InlineData("--signing-secret", " ", "SLACK_SIGNING_SECRET")]
    public void An_option_that_cannot_be_meant_is_refused_with_what_to_mend(string option, string value, string message)
    {
        string[] arguments = option == "--signing-secret" ? [option, value] : ["--signing-secret", "s", option, value];
        Assert.Contains(message, Assert.Throws<FormatException>(() => EmulatorOptions.Read(arguments)).Message, StringComparison.Ordinal);
    }

    private static async Task<string> Everything(Emulator slack) =>
        string.Join('\n', (await slack.Get("messages")).ToJsonString(), (await slack.Get("ephemerals")).ToJsonString(), (await slack.Get("workspaces")).ToJsonString());
}
