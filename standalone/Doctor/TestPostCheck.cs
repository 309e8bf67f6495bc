using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>From what became of the test messages to findings.</summary>
internal static class TestPostCheck
{
    public const string Post = "test post";
    public const string Reply = "test reply";
    public const string Thread = "read-back of the thread";
    public const string History = "read-back of the channel";
    public const string Metadata = "metadata";
    public const string Edit = "edit";
    public const string CleanUp = "clean-up";

    private static readonly string[] AfterTheRoot = [Reply, Thread, History, Metadata, Edit];

    public static IEnumerable<Finding> Of(TestPostFacts facts, string channel, Uri api) =>
        OfPosts(facts, api).Concat(OfCleanUp(facts, channel, api)).Select(finding => finding with { What = $"{finding.What} in {channel}" });

    private static IEnumerable<Finding> OfPosts(TestPostFacts facts, Uri api)
    {
        if (facts.Root is not PostOutcome.Posted root)
        {
            return [ConnectionCheck.Fails(Post, Trouble.Of(facts.Root)!.Explain(api, SlackScope.Post)), .. AfterTheRoot.Select(what => Finding.Skip(what, "the test post failed"))];
        }

        return
        [
            Finding.Ok(Post, $"posted as {root.Ts}"),
            OfReply(facts.Reply!, root, api),
            .. OfReading(facts, api),
            Trouble.Of(facts.Edit!) is { } trouble ? ConnectionCheck.Fails(Edit, trouble.Explain(api, SlackScope.Post)) : Finding.Ok(Edit, "changed"),
        ];
    }

    private static Finding OfReply(PostOutcome reply, PostOutcome.Posted root, Uri api) => reply switch
    {
        PostOutcome.Posted posted when posted.ThreadTs == root.Ts => Finding.Ok(Reply, "in its thread"),
        PostOutcome.Posted { HasMessage: false } => Finding.Warn(
            Reply, "Slack did not show where it landed", "Something between here and Slack changes answers: let slack.com through as it is."),
        PostOutcome.Posted posted => Finding.Fail(
            Reply, $"it landed {(posted.ThreadTs is null ? "in the channel" : "in another thread")} instead of its thread",
            "The announcement was deleted before the reply came: look for an app or a rule that deletes messages here, and exempt this channel. Then run the doctor again."),
        _ => ConnectionCheck.Fails(Reply, Trouble.Of(reply)!.Explain(api, SlackScope.Post)),
    };

    private static IEnumerable<Finding> OfReading(TestPostFacts facts, Uri api)
    {
        if (facts is not { Thread: { } thread, History: { } history })
        {
            return AfterTheRoot[1..4].Select(what => Finding.Skip(what, "the scope for reading is missing"));
        }

        return
        [
            facts.Reply is PostOutcome.Posted ? OfLook(Thread, thread, api) : Finding.Skip(Thread, "the test reply failed"),
            OfLook(History, history, api),
            OfMetadata(history.Found ?? thread.Found),
        ];
    }

    private static Finding OfLook(string what, LookBack look, Uri api) => Trouble.Of(look.Last) switch
    {
        _ when look.Found is not null => Finding.Ok(what, "found by its marker"),
        null or Trouble.Refused { Code: "thread_not_found" } => Finding.Fail(
            what, "the message that was just posted is not there after 6 s: a post in doubt would not be found, and could be sent twice",
            "Look at https://slack-status.com. If another app, a data loss prevention or a retention rule hides or deletes messages here, exempt this channel. Then run the doctor again."),
        var trouble => ConnectionCheck.Fails(what, trouble.Explain(api, "channels:history or, in a private channel, groups:history")),
    };

    private static Finding OfMetadata(ReadMessage? found) => found switch
    {
        null => Finding.Skip(Metadata, "nothing was read back"),
        { MetadataPayload: not null, MetadataEventType: PostMarker.EventType } => Finding.Ok(Metadata, "kept"),
        _ => Finding.Warn(
            Metadata, "Slack did not keep it; posts are recognised by their first block's id alone, and Slack's own event cannot settle doubts",
            "See whether the app's manifest restricts message metadata (its section events); create the app from deploy/slack-manifest.yaml. Posts are safe meanwhile."),
    };

    private static IEnumerable<Finding> OfCleanUp(TestPostFacts facts, string channel, Uri api)
    {
        if (facts.LeftBehind)
        {
            yield return Finding.Warn(CleanUp, "a test message may stand in the channel: its answer was lost and it was not found", $"Look in {channel} for \"ThreadGrains doctor\" and delete it.");
        }

        if (facts.Deletions.Count == 0)
        {
            yield break;
        }

        var trouble = facts.Deletions.Select(Trouble.Of).FirstOrDefault(one => one is not null);
        yield return trouble is null
            ? Finding.Ok(CleanUp, $"{facts.Deletions.Count} deleted")
            : Finding.Fail(CleanUp, trouble.Explain(api).Detail, $"{trouble.Explain(api, SlackScope.Post).Mend} Then delete \"ThreadGrains doctor\" in {channel} by hand.");
    }
}
