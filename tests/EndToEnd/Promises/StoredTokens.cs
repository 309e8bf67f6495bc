using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>A second workspace by API: its token is kept encrypted, and the key that encrypts it can be exchanged.</summary>
public sealed class StoredTokens : IAsyncLifetime
{
    private const string Second = "T0SECOND";
    private const string Group = "stored-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Any 32 bytes will do; these are told apart at a glance.
    private static readonly (string Id, string Key) One = ("one", Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()));
    private static readonly (string Id, string Key) Two = ("two", Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray()));
    private static readonly (string Id, string Key) Three = ("three", Convert.ToBase64String(Enumerable.Repeat((byte)3, 32).ToArray()));

    private Deployment _slack = null!;
    private Deployment _product = null!;

    public async Task InitializeAsync()
    {
        _slack = await Deployment.StartSlack(Deployment.NoEvents);
        _product = await Deployment.StartBeside(_slack, Deployment.NewFolder(), Deployment.NoPacing, Keys(One));
    }

    public async Task DisposeAsync()
    {
        await _product.DisposeAsync();
        await _slack.DisposeAsync();
    }

    [Fact]
    public async Task A_token_that_was_put_is_kept_encrypted_survives_an_exchange_of_the_key_and_waits_for_a_lost_one()
    {
        string channel = (await _product.Slack.MakeChannels(Second, 1))[0];
        string token = await _product.Slack.BotToken(Second);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _product.Tracker.Put(Path, new { botToken = "xoxb-no-such-token" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _product.Tracker.Put(Path, new { botToken = _product.Env["SLACK_BOT_TOKEN"] })).Status);
        var put = await _product.Tracker.Put(Path, new { botToken = token });
        Assert.Equal((HttpStatusCode.OK, "one"), (put.Status, put.Body.GetProperty("installed").GetProperty("key").GetString()));
        Assert.DoesNotContain(token, put.Body.ToString(), StringComparison.Ordinal);
        await Eventually.Get(() => _product.Tracker.Alert(Group, "e1", Second, channel), receipt => receipt.Status == HttpStatusCode.Accepted, Patience, "the alert is accepted");
        await Stand(channel, 1);
        await NowhereOnTheDisk(token);

        // The new key first, the old one behind it; then everything under the new one; then the old one goes.
        await Restart(Two, One);
        var rotated = (await _product.Tracker.Post("/v1/workspaces/rotate-keys")).Body;
        Assert.Equal(("two", 1, 1, 0, true), (
            rotated.GetProperty("key").GetString(), rotated.GetProperty("stored").GetInt32(), rotated.GetProperty("reencrypted").GetInt32(),
            rotated.GetProperty("remaining").GetArrayLength(), rotated.GetProperty("complete").GetBoolean()));
        await Restart(Two);
        Assert.Equal("accepted", (await _product.Tracker.Note(Group, "n1", "with the new key alone")).Outcome);
        await Stand(channel, 2);

        // Without its key nothing is posted and nothing lost.
        await Restart(Three);
        var seen = await Workspace();
        Assert.Equal(("token_unreadable", "two"), (seen.GetProperty("error").GetString(), seen.GetProperty("installed").GetProperty("key").GetString()));
        Assert.Equal("accepted", (await _product.Tracker.Note(Group, "n2", "while the key was away")).Outcome);
        Assert.Equal(1, (await _product.Tracker.Post("/v1/workspaces/rotate-keys")).Body.GetProperty("remaining")[0].GetProperty("stored").GetInt32());
        await Restart(Three, Two);
        Assert.Equal("ok", (await Workspace()).GetProperty("state").GetString());
        await Stand(channel, 3);

        using var removed = await _product.Tracker.Http.DeleteAsync(new Uri(Path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        Assert.DoesNotContain(Second, (await _product.Tracker.Get("/v1/workspaces")).ToString(), StringComparison.Ordinal);
        await NowhereOnTheDisk(token);
    }

    private static string Path => $"/v1/workspaces/{Second}/installation";

    private static Dictionary<string, string> Keys(params (string Id, string Key)[] keys) => keys.Index().SelectMany(key => new[]
    {
        KeyValuePair.Create($"ThreadGrains__Secrets__Keys__{key.Index}__Id", key.Item.Id), KeyValuePair.Create($"ThreadGrains__Secrets__Keys__{key.Index}__Key", key.Item.Key),
    }).ToDictionary();

    private async Task Restart(params (string Id, string Key)[] keys)
    {
        await _product.Stop();
        await _product.StartAgain(Deployment.NoPacing, Keys(keys));
    }

    private async Task Stand(string channel, int messages)
    {
        var all = await Eventually.Get(() => _product.Slack.Messages(Second, channel), all => all.Count >= messages, Patience, $"{messages} messages in the second workspace");
        Assert.Equal(messages, all.Count);
    }

    private async Task<JsonElement> Workspace() =>
        (await _product.Tracker.Get("/v1/workspaces")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("workspace").GetString() == Second);

    /// <summary>In no file of the folder, as it is or as JSON would have its bytes; nor in a backup, which holds no key either.</summary>
    private async Task NowhereOnTheDisk(string token)
    {
        string archive = System.IO.Path.Combine(_product.Folder, "backup.zip");
        var backup = await Deployment.Command("backup", archive, "--data", _product.Folder, "--force");
        Assert.True(backup.Exit == 0, backup.Errors);
        string unpacked = System.IO.Path.Combine(_product.Folder, "unpacked");
        await ZipFile.ExtractToDirectoryAsync(archive, unpacked, overwriteFiles: true);

        byte[][] forms = [Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(token))[..20])];
        bool kept = false;
        foreach (string file in Directory.EnumerateFiles(_product.Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("/lock", StringComparison.Ordinal)))
        {
            byte[] bytes;
            await using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            using (var memory = new MemoryStream())
            {
                await stream.CopyToAsync(memory);
                bytes = memory.ToArray();
            }

            kept |= bytes.AsSpan().IndexOf("Ciphertext"u8) >= 0;
            Assert.All(forms, form => Assert.True(bytes.AsSpan().IndexOf(form) < 0, $"{file} holds the token"));
            Assert.False(file.StartsWith(unpacked, StringComparison.Ordinal) && bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(One.Key)) >= 0, $"{file} holds the key");
        }

        Assert.True(kept, "this looks at the wrong files");
    }
}
