using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Delivery;

/// <summary>The times of a delivery's life. Options, so that tests can shorten them.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Delivery";

    /// <summary>How long the bytes of a claimed post may be written, by the database's clock. Default 10 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After a call whose end this process saw: first look. Default 5 s.</summary>
    public TimeSpan KnownEndFirstRead { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After the first look that did not find it, with a known end. Default 15 s.</summary>
    public TimeSpan KnownEndReadGap { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After the deadline of a row whose sender's end nobody saw: first look. Default 15 s; 120 s through a forward proxy.</summary>
    public TimeSpan UnknownEndFirstRead { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After the first look that did not find it, without a known end. Default 5 s.</summary>
    public TimeSpan UnknownEndReadGap { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After a look that could not be made: next try. Default 15 s.</summary>
    public TimeSpan UnreadableRetry { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a doubt that cannot be read stays open before the policy for it decides. Default 15 min.</summary>
    public TimeSpan UnreadablePatience { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After a post that was sent again out of doubt: first look for a second copy. Default 60 s.</summary>
    public TimeSpan FirstVerification { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>After the first look for a second copy: the last one. Default 9 min, which makes 10 min after the post.</summary>
    public TimeSpan SecondVerification { get; set; } = TimeSpan.FromMinutes(9);

    /// <summary>How far back the search for a post reaches that has no earlier message of ours to start from. Default 120 s: Slack's clock is not ours.</summary>
    public TimeSpan SearchMargin { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Tries with an outcome known to be "not posted" before a delivery is dead. Default 12, about a day by the schedule.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 12;

    /// <summary>Pending deliveries of one thread at which its group takes no more (HTTP 429). Default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxPendingPerThread { get; set; } = 1000;

    /// <summary>Accepts of one group that may wait for their turn. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int MaxWaitingAccepts { get; set; } = 1000;

    /// <summary>How often a recap that waits for posts in flight in the former thread looks whether they have ended. Default 2 s.</summary>
    public TimeSpan RecapPoll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Through a forward proxy bytes that we gave up may still arrive later: the proxy keeps what linger 0 kills on a
    /// connection of our own. Then every first look waits two minutes at least.
    /// </summary>
    internal DeliveryOptions ThroughProxy()
    {
        var bound = TimeSpan.FromSeconds(120);
        var slower = (DeliveryOptions)MemberwiseClone();
        slower.KnownEndFirstRead = KnownEndFirstRead > bound ? KnownEndFirstRead : bound;
        slower.UnknownEndFirstRead = UnknownEndFirstRead > bound ? UnknownEndFirstRead : bound;
        return slower;
    }
}

/// <summary>What happens with a post in doubt that cannot be read back.</summary>
public enum UnreadablePolicy
{
    /// <summary>It waits for evidence or an operator.</summary>
    Hold,

    /// <summary>It is sent again; later evidence still repairs a double.</summary>
    Resend,

    /// <summary>It is dead, with reason <c>in_doubt</c>.</summary>
    Skip,
}

/// <summary>Policy for doubts.</summary>
public sealed class InDoubtOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:InDoubt";

    /// <summary>What happens with a post in doubt that could not be read for fifteen minutes. Default hold.</summary>
    public UnreadablePolicy Unreadable { get; set; } = UnreadablePolicy.Hold;
}

/// <summary>How fast Slack is called. Configured values are ceilings; what Slack answers makes it slower. 0: no limit.</summary>
public sealed class PacingOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Pacing";

    /// <summary>Posts per second into one channel. Slack documents about 1. Default 1.</summary>
    [Range(0, 1000)]
    public double ChannelPerSecond { get; set; } = 1;

    /// <summary>Posts into one channel that may go at once after a quiet time. Default 3.</summary>
    [Range(1, 100)]
    public int ChannelBurst { get; set; } = 3;

    /// <summary>Posts per minute into one workspace. Slack documents "several hundred". Default 200.</summary>
    [Range(0, 100_000)]
    public double WorkspacePerMinute { get; set; } = 200;

    /// <summary>Edits per minute in one workspace (Slack's tier 3). Default 50.</summary>
    [Range(0, 100_000)]
    public double UpdatesPerMinute { get; set; } = 50;

    /// <summary>
    /// Reads of history and threads per minute in one workspace. Default 50 (Slack's tier 3, which apps of one's own have); 1 for
    /// an app that is distributed outside of Slack's Marketplace (Slack, rate limits of conversations.history and .replies).
    /// </summary>
    [Range(0, 100_000)]
    public double ReadsPerMinute { get; set; } = 50;

    /// <summary>Messages a page: Slack recommends at most 200, and gives an app that may read once a minute 15.</summary>
    internal int MessagesPerRead => ReadsPerMinute is > 0 and < 20 ? 15 : 200;

    /// <summary>
    /// Whether a thread far behind (more than 10 waiting, 30 s in a throttled lane, or waiting for an hour) gets its waiting
    /// replies as digests, up to 50 in one message. Default true; false: one by one.
    /// </summary>
    public bool Digests { get; set; } = true;

    /// <summary>Days after which what waits for a parked channel or workspace is dead, with reason <c>expired</c>. Default 7.</summary>
    [Range(0.00001, 365)]
    public double ParkedDays { get; set; } = 7;

    /// <summary>First pause before a parked channel or workspace is probed; doubles up to thirty times as long. Default 60 s.</summary>
    public TimeSpan FirstProbe { get; set; } = TimeSpan.FromSeconds(60);
}

[OptionsValidator]
internal sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;

[OptionsValidator]
internal sealed partial class PacingOptionsValidator : IValidateOptions<PacingOptions>;
