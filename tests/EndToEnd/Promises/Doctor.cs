using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ThreadGrains.EndToEnd.Tests.Running;
using ThreadGrains.Silo;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>The product and its Slack, once for all visits; each visit finds it well but for what its test plants.</summary>
public sealed class Patient : IAsyncLifetime
{
    internal Deployment Product { get; private set; } = null!;

    public async Task InitializeAsync() => Product = await Deployment.Start();

    public async Task DisposeAsync() => await Product.DisposeAsync();
}

/// <summary><c>./run doctor</c> against the real processes: each failure is planted, found, and told how to mend.</summary>
public sealed class Doctor(Patient patient) : IClassFixture<Patient>, IAsyncLifetime
{
    private static readonly string[] AllScopes =
        ["chat:write", "channels:history", "groups:history", "channels:read", "groups:read", "channels:join", "users:read", "metadata.message:read"];

    private readonly Deployment _product = patient.Product;

    public async Task InitializeAsync()
    {
        await _product.Slack.NoLimits();
        await _product.Slack.Faults(1);
        await _product.Slack.Scopes();
        await _product.Slack.Clock(0);
    }

    /// <summary>Whatever was found: nothing stays in any channel.</summary>
    public async Task DisposeAsync()
    {
        var left = await _product.Slack.Messages(_product.Workspace, _product.Channel);
        Assert.DoesNotContain(left, message => !message.Deleted && message.Text.Contains("doctor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_product_that_is_well_passes_beside_its_running_self_and_no_secret_is_shown()
    {
        var visit = await Visit();

        Assert.True(visit.ExitCode == 0, visit.Output + visit.Errors);
        Assert.DoesNotContain(visit.Lines, line => line.Verdict is "FAIL" or "skip");
        Assert.All(
            ["settings", "signing secret", "configured token", "API key", "Slack  ", "clock", "token of", "workspace", "scopes", "channel", "test post", "test reply",
                "read-back of the thread", "read-back of the channel", "metadata", "edit", "clean-up", "product", "clicks at the product"],
            what => Assert.Contains(visit.Lines, line => line.Verdict == "ok" && $"{line.What}  ".StartsWith(what, StringComparison.Ordinal)));
        visit.Warns("public address", "buttons need a public https address", "--public-url https://");
        var messages = (await _product.Slack.Messages(_product.Workspace, _product.Channel)).Where(message => message.Text.Contains("ThreadGrains doctor", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(messages);
        Assert.All(messages, message => Assert.True(message.Deleted));
        Assert.All(["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "THREADGRAINS_API_KEY"], name => Assert.DoesNotContain(_product.Env[name], visit.Output + visit.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_is_told_as_json()
    {
        var visit = await Visit(flags: ["--json", "--no-post"]);

        var findings = JsonDocument.Parse(visit.Output).RootElement.EnumerateArray().ToList();
        Assert.Contains(findings, finding => finding.GetProperty("what").GetString() == "clock" && finding.GetProperty("verdict").GetString() == "ok");
        Assert.Contains(findings, finding => finding.GetProperty("what").GetString()!.StartsWith("test post", StringComparison.Ordinal) && finding.GetProperty("detail").GetString() == "--no-post");
    }

    [Fact]
    public async Task A_wrong_token()
    {
        var visit = await Visit(With("BotToken", "xoxb-1-2-wrong"));

        visit.Fails("token of", "invalid_auth", "Bot User OAuth Token");
        visit.IsWell("Slack");
        visit.IsWell("clock");
        visit.Skips("test post", "the token is not accepted");
        Assert.DoesNotContain("xoxb-1-2-wrong", visit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token()
    {
        await _product.Slack.Faults(1, new { method = "auth.test", fault = "error", error = "token_revoked" });

        (await Visit()).Fails("token of", "token_revoked", "Install it again");
    }

    [Theory]
    [InlineData("chat:write", "FAIL", "nothing can be posted", "test post", "the scope chat:write is missing")]
    [InlineData("channels:history", "FAIL", "posts in doubt in public channels wait for a person", "read-back of the thread", "the scope for reading is missing")]
    [InlineData("users:read", "warn", "the user name of whoever clicked", null, null)]
    public async Task A_missing_scope(string scope, string verdict, string without, string? skipped, string? because)
    {
        await _product.Slack.Scopes([.. AllScopes.Except([scope])]);

        var visit = await Visit();

        var line = visit.Of("scopes");
        Assert.Equal(verdict, line.Verdict);
        Assert.StartsWith($"{scope} is missing: ", line.Detail, StringComparison.Ordinal);
        Assert.Contains(without, line.Detail, StringComparison.Ordinal);
        Assert.Contains($"Add {scope} under OAuth & Permissions", line.Mend, StringComparison.Ordinal);
        Assert.Contains("Reinstall to Workspace", line.Mend, StringComparison.Ordinal);
        Assert.Equal(verdict == "FAIL" ? 1 : 0, visit.ExitCode);
        if (skipped is not null)
        {
            visit.Skips(skipped, because!);
        }
    }

    [Fact]
    public async Task Another_workspace_than_the_tokens()
    {
        var visit = await Visit(With("Workspace", "T0123456789"));

        visit.Fails("workspace T0123456789", $"the token belongs to {_product.Workspace}", $"Set ThreadGrains__Slack__Workspace to {_product.Workspace}");
        visit.Fails("clicks at the product", "does not know this workspace or app", "ThreadGrains__Slack__Workspace");
    }

    [Fact]
    public async Task Another_app_than_the_tokens() =>
        (await Visit(With("AppId", "A0123456789"))).Fails("app", "configured is A0123456789", "Set ThreadGrains__Slack__AppId to");

    [Fact]
    public async Task A_channel_that_is_not_there()
    {
        var visit = await Visit(flags: ["--channel", "C0NOWHERE"]);

        visit.Fails("channel C0NOWHERE", "channel_not_found", "/invite @ThreadGrains");
        visit.Skips("test post in C0NOWHERE", "the channel is not open to the bot");
    }

    [Fact]
    public async Task A_channel_that_is_archived()
    {
        string channel = (await _product.Slack.MakeChannels(_product.Workspace, 1))[0];
        await _product.Slack.Archive(channel);

        (await Visit(flags: ["--channel", channel])).Fails($"channel {channel}", "is archived", "Unarchive it in Slack");
    }

    [Fact]
    public async Task A_channel_that_the_bot_is_not_in_is_joined_later_if_it_may_and_closed_to_it_otherwise()
    {
        string channel = (await _product.Slack.MakeChannels(_product.Workspace, 1))[0];
        await _product.Slack.Kick(channel);

        (await Visit(flags: ["--channel", channel])).Warns($"channel {channel}", "it joins when it first posts there", "/invite @ThreadGrains");

        await _product.Slack.Scopes([.. AllScopes.Except(["channels:join"])]);
        (await Visit(flags: ["--channel", channel])).Fails($"channel {channel}", "the bot is not a member of", "/invite @ThreadGrains");
    }

    [Fact]
    public async Task Clocks_that_are_apart()
    {
        await _product.Slack.Clock(60);
        (await Visit(flags: "--no-post")).Warns("clock", "behind Slack's", "timedatectl set-ntp true");

        await _product.Slack.Clock(-300);
        (await Visit(flags: "--no-post")).Fails("clock", "ahead of Slack's: clicks are refused as stale", "NTP");
    }

    [Fact]
    public async Task Slack_at_a_closed_port()
    {
        var visit = await Visit(With("BotToken", "xoxb-1-2-any"), "--slack-api", $"http://127.0.0.1:{LoopbackPorts.ChooseOne()}/api/");

        visit.Fails("Slack", "connection refused", "Correct ThreadGrains__Slack__ApiUrl");
        visit.Skips("clock", "Slack told no time");
        visit.Skips("token of", "Slack is not reached");
    }

    [Fact]
    public async Task Something_else_where_Slack_should_be()
    {
        await _product.Slack.Faults(1, new { method = "auth.test", fault = "html_200" });
        (await Visit()).Fails("Slack", "that is not Slack (no JSON)", "a proxy or a login page");

        // ThreadGrains itself: JSON, and not Slack's.
        (await Visit(With("BotToken", "xoxb-1-2-any"), "--slack-api", $"{_product.Env["THREADGRAINS_URL"]}/api/"))
            .Fails("Slack", "that is not Slack (HTTP 404)", "https://slack.com/api/");
    }

    [Fact]
    public async Task Slack_that_limits()
    {
        await _product.Slack.Faults(1, new { method = "auth.test", fault = "rate_limited", retryAfter = 7 });
        (await Visit()).Fails("token of", "Slack asks us to slow down (ratelimited, for 7 s)", "Wait 7 s and run the doctor again");

        await _product.Slack.Faults(1, new { method = "chat.postMessage", fault = "rate_limited", retryAfter = 3 });
        (await Visit()).Fails("test post", "for 3 s", "something else uses this app's token");
    }

    [Fact]
    public async Task Metadata_that_Slack_drops()
    {
        await _product.Slack.Faults(1, new { method = "chat.postMessage", fault = "drop_metadata" });

        var visit = await Visit();

        visit.Warns("metadata", "recognised by their first block's id alone", "deploy/slack-manifest.yaml");
        visit.IsWell("read-back of the thread");
        Assert.Equal(0, visit.ExitCode);
    }

    [Fact]
    public async Task Posts_that_are_not_to_be_read_back()
    {
        await _product.Slack.Faults(1, new { method = "chat.postMessage", fault = "hide_from_history", milliseconds = 60_000 });

        var visit = await Visit();

        visit.Fails("read-back of the thread", "is not there after 6 s", "exempt this channel");
        visit.Skips("metadata", "nothing was read back");
        visit.IsWell("clean-up");
    }

    [Fact]
    public async Task An_edit_that_fails_and_everything_is_deleted_all_the_same()
    {
        await _product.Slack.Faults(1, new { method = "chat.update", fault = "error", error = "edit_window_closed" });

        var visit = await Visit();

        visit.Fails("edit", "edit_window_closed", "edit_window_closed");
        Assert.Equal("2 deleted", visit.Of("clean-up").Detail);
    }

    [Fact]
    public async Task A_test_post_whose_answer_is_lost_is_found_and_deleted()
    {
        await _product.Slack.Faults(1, new { method = "chat.postMessage", fault = "lost_answer", nth = 1 });

        var visit = await Visit();

        visit.Fails("test post", "no complete answer", "https://slack-status.com");
        Assert.Equal("1 deleted", visit.Of("clean-up").Detail);
    }

    [Fact]
    public async Task A_signing_secret_that_is_not_the_running_products()
    {
        var visit = await Visit(With("SigningSecret", "0123456789abcdef0123456789abcdef"), "--no-post", "--public-url", _product.Env["THREADGRAINS_URL"]);

        visit.Fails("clicks at the product", "the signing secret that ThreadGrains runs with is another one", "Copy Basic Information, App Credentials, Signing Secret");
        visit.Fails("clicks at the public address", "the signing secret that ThreadGrains runs with is another one", "restart ThreadGrains");
    }

    [Fact]
    public async Task A_public_address_that_leads_here_is_well_and_http_is_warned_of()
    {
        var visit = await Visit(flags: ["--no-post", "--public-url", _product.Env["THREADGRAINS_URL"]]);

        visit.IsWell("clicks at the public address");
        visit.Warns("public address", "is not https", "https");
        Assert.Equal(0, visit.ExitCode);
    }

    [Fact]
    public async Task A_public_address_where_nothing_listens()
    {
        int port = LoopbackPorts.ChooseOne();

        (await Visit(flags: ["--no-post", "--public-url", $"https://127.0.0.1:{port}"]))
            .Fails("clicks at the public address", "nothing listens there (connection refused)", $"Start the proxy or tunnel that listens on 127.0.0.1:{port}");
    }

    [Theory]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\n", "redirects to https://elsewhere.example/, and Slack follows no redirects", "Request URLs")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n", "a proxy or tunnel answers", "Start ThreadGrains")]
    [InlineData("HTTP/1.1 200 OK\r\n", "something else answers", "with POST, body and headers untouched")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\n", "it refuses Slack's test of the certificate", "with POST, body and headers untouched")]
    public async Task Something_else_at_the_public_address(string head, string detail, string mend)
    {
        using var stranger = new Stranger(head);

        (await Visit(flags: ["--no-post", "--public-url", stranger.Address])).Fails("clicks at the public address", detail, mend);
    }

    [Fact]
    public async Task Plain_http_where_https_is_said()
    {
        using var stranger = new Stranger("HTTP/1.1 200 OK\r\n");

        (await Visit(flags: ["--no-post", "--public-url", stranger.Address.Replace("http:", "https:", StringComparison.Ordinal)]))
            .Fails("clicks at the public address", "TLS fails", "a certificate of a public authority");
    }

    [Fact]
    public async Task A_product_that_should_run_and_does_not()
    {
        int port = LoopbackPorts.ChooseOne();
        string empty = Directory.CreateTempSubdirectory("threadgrains-doctor-").FullName;
        try
        {
            var visit = await DoctorVisit.Make(empty, Everything(("ASPNETCORE_URLS", $"http://127.0.0.1:{port}")), "--no-post");

            visit.Fails("product", $"it is not reached at http://127.0.0.1:{port}/ (nothing listens there", "./run");
            visit.Skips("clicks at the product", "it does not answer");
            Assert.Empty(Directory.EnumerateFileSystemEntries(empty));
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    [Fact]
    public async Task Malformed_settings_are_named_without_their_values_and_the_rest_is_looked_at()
    {
        var visit = await Visit(Set(("BotToken", "xoxp-secret-of-somebody"), ("Workspace", "harbour-works"), ("Channel", "#alerts")), "--slack-api", _product.Env["SLACK_API_URL"]);

        visit.Fails("configured token", "a user's token, not the bot's", "Bot User OAuth Token (it begins with xoxb-) into ThreadGrains__Slack__BotToken");
        visit.Fails("configured workspace", "it is no workspace id", "Set ThreadGrains__Slack__Workspace");
        visit.Fails("configured channel", "it is no channel id", "not its name");
        visit.IsWell("Slack");
        visit.Skips("token of", "malformed or missing");
        Assert.DoesNotContain("secret-of-somebody", visit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_the_start_refuses_is_refused_in_the_same_words() =>
        (await Visit(new Dictionary<string, string> { ["ThreadGrains__Pacing__ChannelBurst"] = "0" }, "--no-post")).Fails("settings", "ChannelBurst", "docs/configuration.md");

    [Theory]
    [InlineData("unknown option '--bogus'", "--bogus")]
    [InlineData("--channel needs a value", "--channel")]
    [InlineData("--slack-api needs an http or https address", "--slack-api", "slack.com")]
    public async Task Wrong_options_end_with_2(string line, params string[] flags)
    {
        var visit = await Visit(flags: flags);

        Assert.Equal(2, visit.ExitCode);
        Assert.Contains($"run: {line}", visit.Errors, StringComparison.Ordinal);
        Assert.Equal("", visit.Output);
    }

    private Task<DoctorVisit> Visit(IReadOnlyDictionary<string, string>? settings = null, params string[] flags) =>
        DoctorVisit.Make(_product.Folder, settings ?? new Dictionary<string, string>(), flags);

    /// <summary>One setting of Slack's in the environment, which goes before what runs; the rest comes from what runs.</summary>
    private Dictionary<string, string> With(string name, string value) => Set((name, value), ("ApiUrl", _product.Env["SLACK_API_URL"]));

    private static Dictionary<string, string> Set(params (string Name, string Value)[] settings) =>
        settings.ToDictionary(setting => $"ThreadGrains__Slack__{setting.Name}", setting => setting.Value);

    /// <summary>All of it in the environment, as in a container.</summary>
    private Dictionary<string, string> Everything(params (string Name, string Value)[] more)
    {
        var settings = Set(
            ("ApiUrl", _product.Env["SLACK_API_URL"]), ("SigningSecret", _product.Env["SLACK_SIGNING_SECRET"]), ("BotToken", _product.Env["SLACK_BOT_TOKEN"]),
            ("Workspace", _product.Workspace), ("Channel", _product.Channel));
        settings["ThreadGrains__ApiKey"] = _product.Env["THREADGRAINS_API_KEY"];
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>A server that gives every request the same answer, without a body.</summary>
    private sealed class Stranger : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _answer;

        public Stranger(string head)
        {
            _answer = Encoding.ASCII.GetBytes(head + "Content-Length: 0\r\nConnection: close\r\n\r\n");
            _listener.Start();
            _ = Serve();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public void Dispose() => _listener.Dispose();

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    byte[] request = new byte[16 * 1024];
                    var read = new StringBuilder();
                    // All of the request: closing with unread bytes would reset the connection before the answer is read.
                    while (!IsWhole(read.ToString()))
                    {
                        int count = await stream.ReadAsync(request);
                        if (count == 0)
                        {
                            break;
                        }

                        read.Append(Encoding.Latin1.GetString(request, 0, count));
                        if (request[0] == 0x16)
                        {
                            break; // a TLS hello gets the plain answer
                        }
                    }

                    await stream.WriteAsync(_answer);
                }
            }
            catch (Exception ended) when (ended is ObjectDisposedException or SocketException or IOException)
            {
                // The test has ended.
            }
        }

        private static bool IsWhole(string request)
        {
            int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            int at = request.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            int length = at < 0 ? 0 : int.Parse(request[(at + 16)..request.IndexOf('\r', at)], System.Globalization.CultureInfo.InvariantCulture);
            return request.Length >= end + 4 + length;
        }
    }
}
