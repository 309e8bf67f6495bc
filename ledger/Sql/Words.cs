namespace ThreadGrains.Ledger.Sql;

/// <summary>The words that the tables hold for the contract's enumerations.</summary>
internal static class Words
{
    public static string Of(DeliveryKind kind) => kind switch
    {
        DeliveryKind.Root => "root",
        DeliveryKind.Reply => "reply",
        DeliveryKind.Repeat => "repeat",
        DeliveryKind.Recap => "recap",
        DeliveryKind.Callback => "callback",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Of(DeliveryState state) => state switch
    {
        DeliveryState.Pending => "pending",
        DeliveryState.Sending => "sending",
        DeliveryState.InDoubt => "in_doubt",
        DeliveryState.Sent => "sent",
        DeliveryState.Dead => "dead",
        DeliveryState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(PostKind kind) => kind switch
    {
        PostKind.Root => "root",
        PostKind.Reply => "reply",
        PostKind.Digest => "digest",
        PostKind.Recap => "recap",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static DeliveryKind DeliveryKindOf(string word) => word switch
    {
        "root" => DeliveryKind.Root,
        "reply" => DeliveryKind.Reply,
        "repeat" => DeliveryKind.Repeat,
        "recap" => DeliveryKind.Recap,
        "callback" => DeliveryKind.Callback,
        _ => throw Unknown(word),
    };

    public static DeliveryState DeliveryStateOf(string word) => word switch
    {
        "pending" => DeliveryState.Pending,
        "sending" => DeliveryState.Sending,
        "in_doubt" => DeliveryState.InDoubt,
        "sent" => DeliveryState.Sent,
        "dead" => DeliveryState.Dead,
        "cancelled" => DeliveryState.Cancelled,
        _ => throw Unknown(word),
    };

    public static PostKind PostKindOf(string word) => word switch
    {
        "root" => PostKind.Root,
        "reply" => PostKind.Reply,
        "digest" => PostKind.Digest,
        "recap" => PostKind.Recap,
        _ => throw Unknown(word),
    };

    public static PostState PostStateOf(string word) => word switch
    {
        "sending" => PostState.Sending,
        "in_doubt" => PostState.InDoubt,
        "sent" => PostState.Sent,
        "refused" => PostState.Refused,
        "absent" => PostState.Absent,
        _ => throw Unknown(word),
    };

    public static ThreadState ThreadStateOf(string word) => word switch
    {
        "posting" => ThreadState.Posting,
        "open" => ThreadState.Open,
        "closed" => ThreadState.Closed,
        _ => throw Unknown(word),
    };

    private static InvalidOperationException Unknown(string word) => new($"The ledger holds the word '{word}', which this version does not know.");
}
