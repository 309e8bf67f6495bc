using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Tests.WebApi;

/// <summary>Messages, tokens and answers that tests of the client use.</summary>
internal static class Messages
{
    public const string Secret = "xoxb-0000-not-a-token";
    public const string Posted = """{"ok":true,"channel":"C1","ts":"1503435956.000247","message":{"ts":"1503435956.000247","text":"hello"}}""";

    public static readonly SlackToken Token = new(Secret);
    public static readonly SlackTs Parent = SlackTs.Parse("1503435956.000001");
    public static readonly PostMarker Marker = new(Guid.Parse("0190b3a0-7c1f-7000-8000-000000000001"), Guid.Parse("0190b3a0-7c1f-7000-8000-000000000002"));

    public static RootMessage Root(string text = "hello") => new()
    {
        Channel = "C1",
        Text = text,
        Blocks = [new Section(new MarkdownText(text))],
        Marker = Marker,
    };

    public static ReplyMessage Reply(string text = "hello") => new()
    {
        Channel = "C1",
        Text = text,
        Blocks = [new Section(new MarkdownText(text))],
        Marker = Marker,
        ThreadTs = Parent,
    };

    public static MessageUpdate Update(string text = "hello") => new()
    {
        Channel = "C1",
        Ts = Parent,
        Text = text,
        Blocks = [new Section(new MarkdownText(text))],
        Marker = Marker,
    };

    public static SlackClient Client(this RawServer server, TimeProvider? clock = null) => new(Patient(server.Api), clock ?? TimeProvider.System);

    /// <summary>Options that wait for a connection as long as the tests do: how soon one stands is another matter than what goes over it.</summary>
    public static SlackClientOptions Patient(Uri api) => new() { ApiUrl = api, ConnectTimeout = RawServer.Patience };

    public static SendWindow Window() => SendWindow.Open(TimeProvider.System);

    /// <summary>A window to be waited for: short, and long enough for a busy machine to send its first byte.</summary>
    public static SendWindow ShortWindow() => SendWindow.Open(TimeProvider.System, new SendWindowLimits(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)));
}
