using System.Text.Json;
using CsCheck;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Rendering;

/// <summary>Texts of activities, and the announcement's card.</summary>
public class What_threads_say
{
    [Theory]
    [InlineData(ActivityTypes.Resolved, null, "Ada marked BILL-1 as resolved")]
    [InlineData(ActivityTypes.ResolvedByAge, """{"age":24}""", "Ada resolved BILL-1 after 24 hours without new events")]
    [InlineData(ActivityTypes.ResolvedByAge, """{"age":720}""", "Ada resolved BILL-1 after 30 days without new events")]
    [InlineData(ActivityTypes.ResolvedInRelease, """{"version":"1.2.3"}""", "Ada marked BILL-1 as resolved in 1.2.3")]
    [InlineData(ActivityTypes.ResolvedInRelease, null, "Ada marked BILL-1 as resolved in an upcoming release")]
    [InlineData(ActivityTypes.ResolvedInCommit, """{"commit":"0123456789abcdef","repository":"acme/billing"}""", "Ada marked BILL-1 as resolved in commit `acme/billing@0123456`")]
    [InlineData(ActivityTypes.ResolvedInPullRequest, """{"number":7,"url":"https://x.example/7"}""", "Ada made a <https://x.example/7|pull request #7> that will resolve BILL-1")]
    [InlineData(ActivityTypes.ReferencedInCommit, null, "Ada referenced BILL-1 in a commit")]
    [InlineData(ActivityTypes.Unresolved, null, "Ada unresolved BILL-1")]
    [InlineData(ActivityTypes.Regressed, """{"version":"2.0"}""", "Ada marked BILL-1 as a regression in 2.0")]
    [InlineData(ActivityTypes.Archived, """{"duration":120}""", "Ada archived BILL-1 for 2 hours")]
    [InlineData(ActivityTypes.Archived, """{"count":10}""", "Ada archived BILL-1 until it happens 10 times")]
    [InlineData(ActivityTypes.Archived, """{"forever":true}""", "Ada archived BILL-1 forever")]
    [InlineData(ActivityTypes.Archived, """{"until":"escalating"}""", "Ada archived BILL-1 until it escalates")]
    [InlineData(ActivityTypes.Escalating, """{"forecast":1}""", "Ada flagged BILL-1 as escalating: more than one event in an hour")]
    [InlineData(ActivityTypes.Assigned, """{"assignee":"Grace","assigneeType":"user"}""", "Ada assigned BILL-1 to Grace")]
    [InlineData(ActivityTypes.Assigned, """{"assignee":"payments","assigneeType":"team"}""", "Ada assigned BILL-1 to the payments team")]
    [InlineData(ActivityTypes.Assigned, """{"assignee":"Ada","assigneeType":"user"}""", "Ada assigned BILL-1 to themselves")]
    [InlineData(ActivityTypes.Unassigned, null, "Ada unassigned BILL-1")]
    [InlineData(ActivityTypes.Note, """{"text":"one\ntwo"}""", "Ada commented on BILL-1:\n> one\n> two")]
    [InlineData(ActivityTypes.ExternalIssueCreated, """{"provider":"github","label":"#5","url":"https://x.example/5"}""", "Ada created <https://x.example/5|a GitHub issue #5> for BILL-1")]
    [InlineData(ActivityTypes.ExternalIssueCreated, """{"provider":"jira","label":"ABC-1","new":false}""", "Ada linked a Jira issue ABC-1 for BILL-1")]
    public void Each_type_has_its_text(string type, string? data, string expected) =>
        Assert.Equal(expected, Said(type, new Actor(ActorTypes.User, Name: "Ada"), data));

    [Theory]
    [InlineData(ActivityTypes.Archived, """{"until":"2027-01-31T12:00:00Z"}""", "Ada archived BILL-1 until <!date^1801396800^{date_short_pretty} at {time}|2027-01-31 12:00 UTC>")]
    [InlineData(ActivityTypes.Archived, """{"until":"condition_met"}""", "Ada archived BILL-1 until its condition is met")]
    [InlineData(ActivityTypes.Archived, """{"count":1}""", "Ada archived BILL-1 until it happens once more")]
    [InlineData(ActivityTypes.Archived, """{"count":10000}""", "Ada archived BILL-1 until it happens 10,000 times")]
    [InlineData(ActivityTypes.Archived, """{"duration":5256000}""", "Ada archived BILL-1 for 3,650 days")]
    [InlineData(ActivityTypes.Escalating, """{"forecast":1200}""", "Ada flagged BILL-1 as escalating: more than 1,200 events in an hour")]
    [InlineData(ActivityTypes.ExternalIssueCreated, """{"provider":"azure_devops"}""", "Ada created an Azure DevOps issue for BILL-1")]
    [InlineData(ActivityTypes.ExternalIssueCreated, """{"provider":"some_tracker","label":"X-1"}""", "Ada created a Some tracker issue X-1 for BILL-1")]
    [InlineData(ActivityTypes.ResolvedInRelease, """{"version":" "}""", "Ada marked BILL-1 as resolved in an upcoming release")]
    [InlineData(ActivityTypes.ResolvedInRelease, """{"version":"*1.0*"}""", "Ada marked BILL-1 as resolved in ∗1.0∗")]
    [InlineData(ActivityTypes.Assigned, """{"assignee":"`root`","assigneeType":"user"}""", "Ada assigned BILL-1 to ˋrootˋ")]
    [InlineData(ActivityTypes.Note, """{"text":"Fixed by hand:\nrun `deploy --prod` again\nthen wait"}""", "Ada commented on BILL-1:\n> Fixed by hand:\n> run ˋdeploy --prodˋ again\n> then wait")]
    [InlineData(ActivityTypes.Note, """{"text":"see\n```cs\nif (a < b) *x*;\n```\nat https://x.example/a_b_?c=1&d=2."}""", "Ada commented on BILL-1:\n> see\n```\nif (a &lt; b) *x*;\n```\n> at <https://x.example/a_b_?c=1&amp;d=2>.")]
    [InlineData(ActivityTypes.Note, """{"text":"```\nnever closed"}""", "Ada commented on BILL-1:\n```\nnever closed\n```")]
    public void Texts_read_well(string type, string data, string expected) => Assert.Equal(expected, Said(type, new Actor(ActorTypes.User, Name: "Ada"), data));

    [Theory]
    [InlineData(ActorTypes.User, null, null, null, "Somebody")]
    [InlineData(ActorTypes.User, "u1", null, null, "u1")]
    [InlineData(ActorTypes.User, "u1", "\u200b", "ada@example.com", "ada@example.com")]
    [InlineData(ActorTypes.User, "\u2060", " ", "", "Somebody")]
    [InlineData(ActorTypes.Integration, null, null, null, "The tracker")]
    [InlineData(ActorTypes.System, "s1", null, null, "The tracker")]
    [InlineData(ActorTypes.User, null, "_ops_bot_", null, "ˍops_botˍ")]
    public void An_actor_is_named_by_what_can_be_seen(string type, string? id, string? name, string? email, string shown) =>
        Assert.Equal($"{shown} unassigned BILL-1", Said(ActivityTypes.Unassigned, new Actor(type, id, name, email), null));

    [Theory]
    [InlineData("u1", "Alex Kim", "user", "u2", "Alex Kim")]
    [InlineData("u1", "Alex Kim", "user", "u1", "themselves")]
    [InlineData("u1", "Alex Kim", "user", null, "themselves")]
    [InlineData("u1", "Alex Kim", "team", null, "the Alex Kim team")]
    public void Two_people_may_have_one_name(string actor, string assignee, string type, string? id, string shown) => Assert.Equal(
        $"Alex Kim assigned BILL-1 to {shown}",
        Said(ActivityTypes.Assigned, new Actor(ActorTypes.User, actor, "Alex Kim"), JsonSerializer.Serialize(new { assignee, assigneeType = type, assigneeId = id })));

    [Theory]
    [InlineData("BILL-1", "Boom", "https://x.example/1", "<https://x.example/1|Boom> (BILL-1)")]
    [InlineData("BILL-1", "Boom", null, "Boom (BILL-1)")]
    [InlineData("BILL-1", "\u200b", "https://x.example/1", "<https://x.example/1|BILL-1>")]
    [InlineData("BILL-1", "BILL-1", null, "BILL-1")]
    [InlineData("0123456789012345678901234567890123456789", "Boom", null, "Boom")]
    public void An_issue_is_named_by_its_title_and_by_an_id_that_can_be_read(string group, string title, string? url, string expected) =>
        Assert.Equal(expected, IssueName.Of(group, new IssueFacts(title, url), Naming.Linked));

    [Theory]
    [InlineData(2000, true)]
    [InlineData(2950, false)]
    [InlineData(3100, false)]
    [InlineData(7900, false)]
    [InlineData(20000, false)]
    public void A_link_that_does_not_fit_is_left_out_and_its_text_stays(int length, bool linked)
    {
        string url = "https://t.example/q?x=".PadRight(length, 'a');
        var work = Given.Work with { Issue = JsonSerializer.Serialize(new IssueFacts("T", url), GroupJson.Default.IssueFacts) };
        var renderer = new MessageRenderer(() => new OrganizationSettings([]));
        var commit = Given.Reply with { Activity = Given.Activity with { Type = ActivityTypes.ResolvedInCommit, Data = JsonSerializer.Serialize(new { commit = "9fceb02d0ae598e9", url }) } };
        string card = string.Join('\n', SlackReads.Texts(renderer.Root(work, new PostMarker(Given.Id(1)), false).Blocks));
        Assert.Equal(linked, card.Contains($"<{url}|T>", StringComparison.Ordinal));
        Assert.Equal(!linked, card.Contains("The issue's link is too long for Slack", StringComparison.Ordinal));
        string reply = renderer.Reply(work, commit, new PostMarker(Given.Id(1)), false).Text;
        Assert.Equal(linked, reply.Contains($"commit <{url}|9fceb02>", StringComparison.Ordinal));
        Assert.Equal(!linked, reply.Contains("commit `9fceb02` (its link is too long for Slack)", StringComparison.Ordinal));
    }

    [Fact]
    public void The_card_shows_the_tags_that_fit_and_counts_the_others()
    {
        var tags = Enumerable.Range(0, 300).ToDictionary(i => $"key{i:d3}", i => i == 7 ? "\u200b" : "value");
        string shown = SlackReads.Texts(AnnouncementCard.Blocks("BILL-1", new GroupState("unresolved", null, "{}"), new IssueFacts("T", Tags: tags))).Single(text => text.Contains("key000", StringComparison.Ordinal));
        int count = shown.Split("`value`").Length - 1;
        Assert.InRange(count, 50, 298);
        Assert.EndsWith($"… and {299 - count} more tags, not shown", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("key007", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, 49)]
    [InlineData(1, 59_000)]
    public void A_long_note_is_cut_and_says_so(int lines, int length)
    {
        string note = string.Join('\n', Enumerable.Repeat(new string('x', length), lines));
        var reply = new MessageRenderer(() => new OrganizationSettings([])).Reply(Given.Work, Note(note, false), new PostMarker(Given.Id(1)), false);
        var texts = SlackReads.Texts(reply.Blocks);
        Assert.InRange(texts.Sum(text => text.Length), 9_000, 12_000);
        Assert.InRange(reply.Text.Length, 3000, 4000);
        Assert.All([texts[^1], reply.Text], text => Assert.EndsWith($"… cut here; the whole comment has {note.Length:N0} characters.", text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_code_block_that_goes_on_in_the_next_section_is_closed_and_opened_again()
    {
        string note = "Trace:\n```\n" + string.Join('\n', Enumerable.Range(0, 100).Select(i => $"   at Frame{i}(): " + new string('y', 40))) + "\n```\nWhat now?";
        var texts = SlackReads.Texts(new MessageRenderer(() => new OrganizationSettings([])).Reply(Given.Work, Note(note, false), new PostMarker(Given.Id(1)), false).Blocks);
        Assert.True(texts.Count > 1);
        Assert.All(texts, text => Assert.Equal(2, text.Split("```").Length - 1));
        Assert.All(Enumerable.Range(0, 100), i => Assert.Single(texts, text => text.Contains($"   at Frame{i}(): ", StringComparison.Ordinal)));
        Assert.EndsWith("```\n> What now?", texts[^1], StringComparison.Ordinal);
    }

    private static string Said(string type, Actor actor, string? data) =>
        string.Join('\n', MessageSections.Of(ActivityText.Of(type, actor, Json(data), "BILL-1", "The tracker"), MessageSections.MaxMessage));

    [Fact]
    public void Every_type_has_a_text_and_an_author()
    {
        foreach (string type in ActivityTypes.All)
        {
            Assert.StartsWith("The tracker ", Said(type, new Actor(ActorTypes.System), null), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(30, 30)]
    [InlineData(200, 500)]
    public void A_recap_tells_in_order_what_a_message_holds_and_how_much_it_does_not(int told, int count)
    {
        var rows = Enumerable.Range(1, told).Select(i => Given.Reply with
        {
            Activity = Given.Activity with { Type = ActivityTypes.Note, Data = JsonSerializer.Serialize(new { text = $"mark[{i}] <!channel> " + new string('x', 600) }) },
        }).ToList();
        var reply = new MessageRenderer(() => new OrganizationSettings([])).Recap(
            Given.Work with { Recap = new RecapWork(rows, count, Waits: false) }, new PostMarker(Given.Id(1)), false);
        int[] shown = [.. Enumerable.Range(1, told).Where(i => reply.Text.Contains($"mark[{i}]", StringComparison.Ordinal))];
        Assert.Equal(Enumerable.Range(1, shown.Length), shown);
        Assert.True(shown.Length == count || reply.Text.EndsWith($"… and {count - shown.Length} more, which are not shown.", StringComparison.Ordinal));
        Assert.True(told > 30 || shown.Length == told);
        Assert.DoesNotContain("<!channel>", reply.Text, StringComparison.Ordinal);
        Assert.True(reply.Text.Length <= 40_000);
        string blocks = reply.Blocks.ToJson();
        Assert.All(shown, i => Assert.Contains($"mark[{i}]", blocks, StringComparison.Ordinal));
    }

    [Fact]
    public void Text_from_outside_never_becomes_a_mention_or_a_link()
    {
        const string Hostile = "<!channel> <@U1> <https://evil.example|click> & `code`";
        foreach (string type in ActivityTypes.All)
        {
            string data = JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["version"] = Hostile, ["commit"] = Hostile, ["repository"] = Hostile, ["number"] = Hostile, ["assignee"] = Hostile,
                ["assigneeType"] = "user", ["text"] = Hostile, ["provider"] = Hostile, ["label"] = Hostile, ["url"] = "https://x.example/<!here>|y",
                ["until"] = Hostile,
            });
            string text = Said(type, new Actor(ActorTypes.User, Name: Hostile), data);
            Assert.DoesNotContain("<!", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<@", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<https://evil", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(GroupStatus.Unresolved, "tg.resolve tg.archive tg.assign_me")]
    [InlineData(GroupStatus.Resolved, "tg.unresolve tg.archive tg.assign_me")]
    [InlineData(GroupStatus.Archived, "tg.resolve tg.unresolve tg.assign_me")]
    public void Buttons_fit_the_state(string status, string buttons)
    {
        using var blocks = JsonDocument.Parse(AnnouncementCard.Blocks("BILL-1", new GroupState(status, null, "{}"), new IssueFacts("Boom")).ToJson());
        var actions = blocks.RootElement.EnumerateArray().Single(block => block.GetProperty("type").GetString() == "actions");
        Assert.Equal(buttons, string.Join(' ', actions.GetProperty("elements").EnumerateArray().Select(button => button.GetProperty("action_id").GetString())));
    }

    [Fact]
    public void The_card_says_who_resolved_it_and_who_has_it()
    {
        var state = new GroupState(GroupStatus.Resolved, "Grace", new GroupDetails("Ada", Given.Now, "in 1.2.3").ToJson());
        string json = AnnouncementCard.Blocks("BILL-1", state, new IssueFacts("Boom", "https://x.example/1", "billing")).ToJson();
        Assert.Contains("*Resolved* in 1.2.3 by Ada", json, StringComparison.Ordinal);
        Assert.Contains("*Grace*", json, StringComparison.Ordinal);
        Assert.Equal("[billing] Boom (resolved, assigned to Grace)", AnnouncementCard.Text("BILL-1", state, new IssueFacts("Boom", "https://x.example/1", "billing")));
    }

    /// <summary>The models refuse what Slack would refuse, so building without an exception is the proof.</summary>
    [Fact]
    public void Whatever_comes_in_the_card_and_replies_keep_Slacks_limits() =>
        Gen.Select(Gen.String[0, 400], Gen.String[Gen.Char["<>&*`_|\n ab𝄞"[..10]], 0, 5000], Gen.Dictionary(Gen.String[1, 50], Gen.String[0, 500])[0, 40]).Sample((title, text, tags) =>
        {
            var facts = new IssueFacts(title, "https://x.example/1", text, "error", text, title, tags);
            var work = Given.Work with
            {
                Issue = JsonSerializer.Serialize(facts, GroupJson.Default.IssueFacts),
                State = new GroupState(GroupStatus.Archived, text, new GroupDetails(text, Given.Now, title).ToJson()),
            };
            var renderer = new MessageRenderer(() => new OrganizationSettings([]));
            Assert.NotNull(renderer.Root(work, new PostMarker(Given.Id(1)), false));
            Assert.NotNull(renderer.Card(work, "1700000000.000100"));
            var note = Given.Reply with { Activity = Given.Activity with { Type = ActivityTypes.Note, Data = JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = text + title }) } };
            Assert.NotNull(renderer.Reply(work, note, new PostMarker(Given.Id(1)), false));
        }, iter: 300);

    /// <summary>The text holds the whole message, and the blocks show each activity once, in order.</summary>
    [Theory]
    [InlineData(2, 30, 2)]
    [InlineData(40, 200, 40)]
    [InlineData(50, 150, 40)]
    [InlineData(50, 3, 40)]
    [InlineData(3, 3200, 6)]
    public void A_digest_tells_everything_in_order_in_forty_blocks_at_most(int count, int length, int blocks)
    {
        var members = Enumerable.Range(1, count).Select(i => Note($"mark[{i}] <!channel> {new string('x', length)}", i % 2 == 0)).ToList();
        var renderer = new MessageRenderer(() => new OrganizationSettings([]));
        var digest = renderer.Digest(Given.Work, members, new PostMarker(Given.Id(1)), false);
        Assert.InRange(digest.Text.Length, 1, 4000);
        Assert.InRange(SlackReads.Texts(digest.Blocks).Sum(text => text.Length), 1, 11_000);
        Assert.Equal(count / 2, digest.Text.Split("Late: ").Length - 1);
        Assert.Equal(blocks, digest.Blocks.Count);
        string shown = digest.Blocks.ToJson();
        int[] places = [.. Enumerable.Range(1, count).Select(i => shown.IndexOf($"mark[{i}]", StringComparison.Ordinal))];
        Assert.Equal(places.Order(), places);
        Assert.True(places[0] > 0);
        Assert.DoesNotContain("<!channel>", digest.Text, StringComparison.Ordinal);
    }

    /// <summary>Company stays together, also where what it tells has grown since: an issue's address is read anew.</summary>
    [Fact]
    public void A_digest_keeps_Slacks_limits_whatever_has_grown() =>
        Assert.NotNull(new MessageRenderer(() => new OrganizationSettings([])).Digest(
            Given.Work, [.. Enumerable.Repeat(Note(new string('y', 9000), false), 50)], new PostMarker(Given.Id(1)), false));

    private static DeliveryRow Note(string text, bool late) => Given.Reply with
    {
        Late = late,
        Activity = Given.Activity with { Type = ActivityTypes.Note, Data = JsonSerializer.Serialize(new { text }) },
    };

    [Fact]
    public void A_replayed_delivery_says_that_it_is_late()
    {
        var reply = new MessageRenderer(() => new OrganizationSettings([])).Reply(Given.Work, Given.Reply with { Late = true }, new PostMarker(Given.Id(1)), false);
        Assert.StartsWith("Late: ", reply.Text, StringComparison.Ordinal);
    }

    private static JsonElement? Json(string? data) => data is null ? null : JsonDocument.Parse(data).RootElement;
}
