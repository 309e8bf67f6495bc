using Microsoft.Extensions.Logging;
using ThreadGrains.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// Sends private answers: an ephemeral message in the channel or, where Slack refuses that (the person or our app is not in the
/// channel, or it is archived), a direct message. It sends each answer at most once, because neither can be read back.
/// </summary>
internal sealed partial class Whispers(SlackClient slack, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);
    private const int MaxRemembered = 20_000;

    private readonly RecentIds _told = new(Memory, MaxRemembered);

    /// <summary>Remembers that something is said about it. False: something was said before.</summary>
    public bool TryBegin(string about) => _told.Add(about, clock.GetUtcNow());

    /// <param name="token">The installation's token.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="user">The only person who sees it.</param>
    /// <param name="threadTs">The thread; null: the channel.</param>
    /// <param name="mrkdwn">What it says, escaped.</param>
    public async Task Send(SlackToken token, string channel, string user, string? threadTs, string mrkdwn)
    {
        try
        {
            var message = new EphemeralMessage
            {
                Channel = channel,
                User = user,
                Text = mrkdwn,
                ThreadTs = SlackTs.TryParse(threadTs, out var ts) ? ts : null,
            };
            var shown = await slack.PostEphemeral(token, message, CancellationToken.None);
            if (shown is not CallOutcome<SentEphemeral>.Ok
                && !(IsOfThePlace(shown) && await slack.PostDirect(token, new DirectMessage { User = user, Text = mrkdwn }, CancellationToken.None) is CallOutcome<SentDirect>.Ok))
            {
                LogNotWhispered(logger, channel);
            }
        }
        catch (ArgumentException)
        {
            LogNotWhispered(logger, channel);
        }
    }

    /// <summary>Whether Slack refused because of the channel, the thread or the person's place in it, so that another way may be open.</summary>
    private static bool IsOfThePlace(CallOutcome<SentEphemeral> shown) =>
        shown is CallOutcome<SentEphemeral>.Refused { Scope: RefusalScope.Channel or RefusalScope.Thread or RefusalScope.Unknown };

    [LoggerMessage(EventName = "not_whispered", Level = LogLevel.Information, Message = "What somebody in {Channel} should be told was not taken by Slack, neither as an ephemeral message nor as a direct one")]
    private static partial void LogNotWhispered(ILogger logger, string channel);
}
