namespace ThreadGrains.CrashPoints.Running;

/// <summary>The waiting times of a delivery, shortened by its options; what is waited for stays the same.</summary>
internal static class Windows
{
    /// <summary>How long a late copy takes: past both looks of a doubt with a known end, before the first look for copies is over.</summary>
    public static readonly TimeSpan LateBy = TimeSpan.FromSeconds(6);

    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["ThreadGrains__Delivery__Window"] = "00:00:04",
        ["ThreadGrains__Delivery__KnownEndFirstRead"] = "00:00:01.5",
        ["ThreadGrains__Delivery__KnownEndReadGap"] = "00:00:02",
        ["ThreadGrains__Delivery__UnknownEndFirstRead"] = "00:00:02",
        ["ThreadGrains__Delivery__UnknownEndReadGap"] = "00:00:01.5",
        ["ThreadGrains__Delivery__UnreadableRetry"] = "00:00:01",
        ["ThreadGrains__Delivery__FirstVerification"] = "00:00:04",
        ["ThreadGrains__Delivery__SecondVerification"] = "00:00:04",
        ["ThreadGrains__Pacing__ChannelPerSecond"] = "0",
        ["ThreadGrains__Pacing__WorkspacePerMinute"] = "0",
        ["ThreadGrains__Pacing__UpdatesPerMinute"] = "0",
        ["ThreadGrains__Pacing__ReadsPerMinute"] = "0",
    };
}
