using ThreadGrains.EndToEnd.Tests.Running;

namespace ThreadGrains.EndToEnd.Tests.Promises;

/// <summary>What arrives in Slack after we gave it up and sent it again.</summary>
[Collection(OnQuickReads.Name)]
public sealed class LateCopies(QuickReads running)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_copy_that_lands_after_its_post_was_given_up_is_taken_away_as_soon_as_Slack_tells_of_it()
    {
        // Looks are over before it lands, and the verification comes long after: only Slack's word is left.
        var product = running.Product;
        string channel = (await product.Slack.MakeChannels(product.Workspace, 1))[0];
        int deleted = (await product.Slack.Calls("chat.delete")).Count;
        await product.Slack.Faults(1, new { method = "chat.postMessage", channel, nth = 2, fault = "late", milliseconds = 4_000 });
        await product.Tracker.Alert("late-1", "late-1.e", product.Workspace, channel);
        await product.Tracker.Note("late-1", "late-1.1", "told twice");
        await Eventually.Get(
            () => product.Tracker.Get("/v1/groups/late-1/deliveries"),
            page => page.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("state").GetString() == "sent") == 2, Patience, "sent again");
        var kept = (await product.Slack.Messages(product.Workspace, channel)).Select(message => message.Ts).ToList();
        Assert.Equal(2, kept.Count);

        // Both: that it came, and that it went.
        await Eventually.Get(() => product.Slack.Calls("chat.delete"), calls => calls.Count == deleted + 1, Patience, "the late copy came");
        await Eventually.Get(
            () => product.Slack.Messages(product.Workspace, channel), all => all.Count == 3 && all.Where(message => !message.Deleted).Select(message => message.Ts).SequenceEqual(kept), Patience, "the late copy is taken away");
    }
}
