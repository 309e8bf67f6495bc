using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;

namespace ThreadGrains.Grains.Tests.Groups;

/// <summary>What a turn decides (design 4, 5.1, 6).</summary>
public class Accepting
{
    private static readonly GroupKey Key = new("acme", "billing-42");
    private static readonly ChannelAddress Alerts = new("T1", "C1");
    private static readonly OrganizationSettings Settings = new(["T1"], Alerts);
    private static readonly Dictionary<(string Kind, string Id), KnownKey> NothingKnown = [];

    private int _ids;

    private AcceptanceContext Context(OrganizationSettings? settings = null, int maxPending = 1000) =>
        new(Key, settings ?? Settings, Given.Now, () => Given.Id(++_ids), maxPending);

    private static GroupMemory Announced(params RememberedThread[] threads) => GroupMemory.Unknown(Given.Id(900)) with
    {
        Exists = true,
        NextSequence = 2,
        Issue = new IssueFacts("Boom"),
        Threads = [.. threads.Length > 0 ? threads : [Thread(1)]],
    };

    private static RememberedThread Thread(int n, string period = "", string channel = "C1", string rule = "", long pending = 0) =>
        new(Given.Id(n), new ChannelAddress("T1", channel), rule, period, $"1700000000.00000{n}", false, pending);

    private TurnDecision Decide(GroupMemory group, OrganizationSettings? settings = null, params TurnRequest[] requests) =>
        Acceptance.Decide(group, requests, NothingKnown, Context(settings));

    private static TurnRequest Told(Activity activity) => new TurnRequest.ActivityTold(activity, ContentHash.Of(Key.Group, activity));

    private static TurnRequest Told(Alert alert) => new TurnRequest.AlertTold(alert, ContentHash.Of(Key.Group, alert));

    private static Activity By(string actorType, string type = ActivityTypes.Resolved, string id = "a1", string? data = null) => new(id, type, new Actor(actorType, Name: "Ada"), data);

    private static AcceptReceipt Receipt(TurnAnswer answer) => Assert.IsType<TurnAnswer.Accept>(answer).Receipt;

    [Fact]
    public void An_activity_before_the_alert_is_ignored_and_leaves_its_id_free()
    {
        var turn = Decide(GroupMemory.Unknown(Given.Id(900)), null, Told(By(ActorTypes.User)));
        Assert.Equal((AcceptOutcome.Ignored, AcceptReasons.NoGroup, null), (Receipt(turn.Answers[0]).Outcome, Receipt(turn.Answers[0]).Reason, Receipt(turn.Answers[0]).Sequence));
        Assert.True(turn.IsEmpty);
    }

    [Fact]
    public void A_type_without_a_handler_is_ignored_and_leaves_its_id_free()
    {
        var turn = Decide(Announced(), null, Told(By(ActorTypes.User, "set_public")));
        Assert.Equal(AcceptReasons.UnsupportedType, Receipt(turn.Answers[0]).Reason);
        Assert.True(turn.IsEmpty);
    }

    [Fact]
    public void An_alert_registers_a_thread_and_its_root_and_counts_as_the_first_in_the_history()
    {
        var turn = Decide(GroupMemory.Unknown(Given.Id(900)), null, Told(new Alert("e1", new IssueFacts("Boom"))));
        Assert.Equal((AcceptOutcome.Accepted, 1L, 1), (Receipt(turn.Answers[0]).Outcome, Receipt(turn.Answers[0]).Sequence!.Value, Receipt(turn.Answers[0]).Threads!.Value));
        Assert.Equal(Assert.Single(turn.Threads).Id, Assert.Single(turn.Deliveries).Thread);
        Assert.Equal(DeliveryKind.Root, turn.Deliveries[0].Kind);
    }

    [Fact]
    public void Fifty_equal_first_alerts_in_one_turn_make_one_root_and_forty_nine_repeats()
    {
        var alerts = Enumerable.Range(1, 50).Select(i => Told(new Alert($"e{i}", new IssueFacts("Boom")))).ToArray();
        var turn = Decide(GroupMemory.Unknown(Given.Id(900)), null, alerts);
        Assert.Single(turn.Threads);
        Assert.Equal(1, turn.Deliveries.Count(delivery => delivery.Kind == DeliveryKind.Root));
        Assert.Equal(49, turn.Deliveries.Count(delivery => delivery.Kind == DeliveryKind.Repeat));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), turn.Activities.Select(activity => activity.Sequence));
    }

    [Fact]
    public void Another_rule_channel_or_open_period_makes_a_further_root_and_the_same_channel_twice_makes_one()
    {
        var turn = Decide(Announced(), null,
            Told(new Alert("e2", new IssueFacts("Boom"), Rule: "r2")),
            Told(new Alert("e3", new IssueFacts("Boom"), Channels: [new("T1", "C2"), new("T1", "C2")])),
            Told(new Alert("e4", new IssueFacts("Boom"), OpenPeriod: "p2")));
        Assert.Equal([("C1", "r2", ""), ("C2", "", ""), ("C1", "", "p2")], turn.Threads.Select(thread => (thread.Channel, thread.Rule, thread.OpenPeriod)));
    }

    [Fact]
    public void An_activity_goes_to_all_threads_and_with_open_periods_to_those_of_the_current_one()
    {
        Assert.Equal(2, Decide(Announced(Thread(1), Thread(2, channel: "C2")), null, Told(By(ActorTypes.User))).Deliveries.Count);
        var periods = Announced(Thread(1, "p1"), Thread(2, "p2")) with { Details = new GroupDetails(OpenPeriod: "p2") };
        Assert.Equal(Given.Id(2), Assert.Single(Decide(periods, null, Told(By(ActorTypes.User))).Deliveries).Thread);
    }

    [Theory]
    [InlineData(ActorTypes.User, false, false, null, 1)]
    [InlineData(ActorTypes.Integration, false, false, null, 1)]
    [InlineData(ActorTypes.System, false, false, AcceptReasons.NoUser, 0)]
    [InlineData(ActorTypes.System, true, false, null, 1)]
    [InlineData(ActorTypes.User, false, true, AcceptReasons.ThreadsOff, 0)]
    public void Who_did_it_decides_whether_it_is_posted_but_never_whether_it_is_stored(string actor, bool postSystem, bool threadsOff, string? reason, int threads)
    {
        var turn = Decide(Announced(), Settings with { PostSystemActors = postSystem, ThreadsOff = threadsOff }, Told(By(actor)));
        var receipt = Receipt(turn.Answers[0]);
        Assert.Equal((reason, threads, 2L), (receipt.Reason, receipt.Threads!.Value, receipt.Sequence!.Value));
        Assert.Equal(reason is null ? AcceptOutcome.Accepted : AcceptOutcome.Ignored, receipt.Outcome);
        Assert.Equal(GroupStatus.Resolved, turn.After.Status);
        Assert.Single(turn.Keys);
        Assert.Single(turn.WantedRevisions);
    }

    [Fact]
    public void A_group_whose_threads_are_all_closed_stores_and_says_so()
    {
        var turn = Decide(Announced() with { Threads = [] }, null, Told(By(ActorTypes.User)));
        Assert.Equal((AcceptOutcome.Ignored, AcceptReasons.NoThreads, 2L), (Receipt(turn.Answers[0]).Outcome, Receipt(turn.Answers[0]).Reason, Receipt(turn.Answers[0]).Sequence!.Value));
    }

    [Fact]
    public void The_same_id_twice_in_a_turn_is_a_duplicate_and_with_other_content_a_conflict()
    {
        var turn = Decide(Announced(), null, Told(By(ActorTypes.User)), Told(By(ActorTypes.User)), Told(By(ActorTypes.User, ActivityTypes.Note, data: """{"text":"x"}""")));
        Assert.Equal([AcceptOutcome.Accepted, AcceptOutcome.Duplicate, AcceptOutcome.Conflict], turn.Answers.Select(answer => Receipt(answer).Outcome));
        Assert.Equal((2L, 1), (Receipt(turn.Answers[1]).Sequence!.Value, Receipt(turn.Answers[1]).Threads!.Value));
        Assert.Single(turn.Activities);
    }

    [Fact]
    public void An_id_that_the_ledger_knows_repeats_the_first_receipt()
    {
        var activity = By(ActorTypes.System);
        var known = new Dictionary<(string, string), KnownKey>
        {
            [("activity", "a1")] = new("activity", "a1", ContentHash.Of(Key.Group, activity), new StoredReceipt(AcceptOutcome.Ignored, "no_user", 7, 0).ToJson()),
        };
        var turn = Acceptance.Decide(Announced(), [Told(activity)], known, Context());
        Assert.Equal(new AcceptReceipt("a1", "billing-42", AcceptOutcome.Duplicate, "no_user", 7, 0), Receipt(turn.Answers[0]));
        Assert.True(turn.IsEmpty);
    }

    [Fact]
    public void Alerts_and_activities_have_id_spaces_of_their_own() =>
        Assert.Equal([AcceptOutcome.Accepted, AcceptOutcome.Accepted],
            Decide(Announced(), null, Told(By(ActorTypes.User)), Told(new Alert("a1", new IssueFacts("Boom")))).Answers.Select(answer => Receipt(answer).Outcome));

    [Fact]
    public void A_workspace_that_is_not_ours_is_refused_as_a_whole()
    {
        var turn = Decide(Announced(), null, Told(new Alert("e2", new IssueFacts("Boom"), Channels: [Alerts, new("T2", "C1")])));
        Assert.Equal((AcceptOutcome.Refused, AcceptReasons.UnknownWorkspace), (Receipt(turn.Answers[0]).Outcome, Receipt(turn.Answers[0]).Reason));
        Assert.True(turn.IsEmpty);
    }

    [Fact]
    public void A_full_thread_takes_no_more_and_nothing_of_it_is_stored()
    {
        var turn = Acceptance.Decide(Announced(Thread(1, pending: 5)), [Told(By(ActorTypes.User))], NothingKnown, Context(maxPending: 5));
        Assert.Equal(AcceptOutcome.Busy, Receipt(turn.Answers[0]).Outcome);
        Assert.NotNull(Receipt(turn.Answers[0]).RetryAfter);
        Assert.True(turn.IsEmpty);
    }

    [Fact]
    public void After_one_of_a_batch_was_put_off_the_later_ones_do_not_overtake_it_and_others_go_on()
    {
        var batch = new AcceptBatch();
        TurnRequest Together(string id, string actor) => new TurnRequest.ActivityTold(By(actor, id: id), ContentHash.Of(Key.Group, By(actor, id: id)), batch);
        var turn = Acceptance.Decide(
            Announced(Thread(1, pending: 5)), [Together("a1", ActorTypes.User), Together("a2", ActorTypes.System), Told(By(ActorTypes.System, id: "a3"))],
            NothingKnown, Context(maxPending: 5));
        Assert.Equal([AcceptOutcome.Busy, AcceptOutcome.Busy, AcceptOutcome.Ignored], turn.Answers.Select(answer => Receipt(answer).Outcome));
        Assert.Equal("a3", Assert.Single(turn.Activities).SenderId);
    }

    [Fact]
    public void Sequence_is_gap_free_whatever_is_ignored_between()
    {
        var turn = Decide(Announced(), null, Told(By(ActorTypes.User, id: "a1")), Told(By(ActorTypes.User, "unknown_type", "a2")), Told(By(ActorTypes.User, id: "a3")));
        Assert.Equal([2L, 3L], turn.Activities.Select(activity => activity.Sequence));
        Assert.Equal(4, turn.After.NextSequence);
    }

    [Fact]
    public void A_note_changes_no_card()
    {
        Assert.Empty(Decide(Announced(), null, Told(By(ActorTypes.User, ActivityTypes.Note, data: """{"text":"x"}"""))).WantedRevisions);
        Assert.Single(Decide(Announced(), null, Told(By(ActorTypes.User, ActivityTypes.Assigned, data: """{"assignee":"Grace","assigneeType":"user"}"""))).WantedRevisions);
    }

    [Fact]
    public void An_alert_reopens_what_was_resolved_and_leaves_alone_what_was_archived()
    {
        var again = Told(new Alert("e9", new IssueFacts(Title: "Boom", Level: "warning")));
        Assert.Equal(GroupStatus.Unresolved, Decide(Announced() with { Status = GroupStatus.Resolved }, null, again).After.Status);
        Assert.Equal(GroupStatus.Archived, Decide(Announced() with { Status = GroupStatus.Archived }, null, again).After.Status);
    }

    [Fact]
    public void An_alert_replaces_what_it_brings_and_keeps_the_rest()
    {
        var group = Announced() with { Issue = new IssueFacts("Boom", "https://x.example/1", "billing") };
        Assert.Equal(new IssueFacts("Boom 2", "https://x.example/1", "billing"), Decide(group, null, Told(new Alert("e9", new IssueFacts("Boom 2")))).After.Issue);
    }

    [Theory]
    [InlineData(ClickActions.Resolve, GroupStatus.Resolved)]
    [InlineData(ClickActions.Archive, GroupStatus.Archived)]
    public void A_click_changes_the_group_once_and_the_second_person_is_told_who_did_it(string action, string status)
    {
        var first = Clicked(action, "U1", "Ada", "1.000001");
        var second = Clicked(action, "U2", "Grace", "2.000001");
        var turn = Decide(Announced(), null, first, second, first);
        Assert.Equal(status, turn.After.Status);
        Assert.Equal([ClickOutcome.Changed, ClickOutcome.NothingToDo, ClickOutcome.Duplicate], turn.Answers.Select(answer => Assert.IsType<TurnAnswer.Clicked>(answer).Receipt.Outcome));
        Assert.Contains("Ada", Assert.IsType<TurnAnswer.Clicked>(turn.Answers[1]).Whisper, StringComparison.Ordinal);
        Assert.Single(turn.Activities);
    }

    [Fact]
    public void Assign_to_me_names_the_person_and_is_a_no_op_the_second_time()
    {
        var turn = Decide(Announced(), null, Clicked(ClickActions.AssignMe, "U1", "Ada", "1.000001"), Clicked(ClickActions.AssignMe, "U1", "Ada", "2.000001"));
        Assert.Equal("Ada", turn.After.Assignee);
        Assert.Equal(ClickOutcome.NothingToDo, Assert.IsType<TurnAnswer.Clicked>(turn.Answers[1]).Receipt.Outcome);
    }

    [Fact]
    public void Two_people_of_one_name_take_it_from_each_other_and_each_is_told_who_has_it()
    {
        var turn = Decide(Announced(), null,
            Clicked(ClickActions.AssignMe, "U1", "Alex Kim", "1.000001"), Clicked(ClickActions.AssignMe, "U2", "Alex Kim", "2.000001"),
            Clicked(ClickActions.AssignMe, "U2", "Alex Kim", "3.000001"));
        var answers = turn.Answers.Cast<TurnAnswer.Clicked>().ToList();
        Assert.Equal([(ClickOutcome.Changed, 2L), (ClickOutcome.Changed, 3L), (ClickOutcome.NothingToDo, (long?)null)], answers.Select(answer => (answer.Receipt.Outcome, answer.Receipt.Sequence)));
        Assert.Equal("slack:T1:U2", turn.After.Details.AssigneeId);
        Assert.Equal("“Boom” (billing-42) is already assigned to you.", answers[2].Whisper);
    }

    [Fact]
    public void Whoever_assigned_it_to_me_is_named_also_if_we_have_one_name()
    {
        var given = new Activity("a1", ActivityTypes.Assigned, new Actor(ActorTypes.User, "u1", "Alex Kim"), """{"assignee":"Alex Kim","assigneeType":"user","assigneeId":"slack:T1:U2"}""");
        var turn = Decide(Announced(), null, Told(given), Clicked(ClickActions.AssignMe, "U2", "Alex Kim", "1.000001"));
        Assert.Equal("“Boom” (billing-42) is already assigned to you, by Alex Kim.", Assert.IsType<TurnAnswer.Clicked>(turn.Answers[1]).Whisper);
    }

    [Fact]
    public void What_a_clicker_is_told_names_issue_and_moment_and_nothing_from_outside_is_markup()
    {
        var hostile = Announced() with { Issue = new IssueFacts("<!channel> & co") };
        var turn = Decide(hostile, null, Clicked(ClickActions.Resolve, "U1", "<@U0EVIL1>", "1.000001"), Clicked(ClickActions.Resolve, "U2", "Grace", "2.000001"));
        string told = Assert.IsType<TurnAnswer.Clicked>(turn.Answers[1]).Whisper!;
        Assert.StartsWith("Nothing to do: &lt;@U0EVIL1&gt; already set “&lt;!channel&gt; &amp; co” (billing-42) to resolved, <!date^", told, StringComparison.Ordinal);
        Assert.EndsWith($"^{{date_short_pretty}} at {{time}}|{Given.Now.UtcDateTime:yyyy-MM-dd HH:mm} UTC>.", told, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(told, "<"));
    }

    [Fact]
    public void A_click_that_its_announcement_does_not_show_is_told_to_whoever_clicked()
    {
        string? Told(GroupMemory group, OrganizationSettings? settings = null) =>
            Assert.IsType<TurnAnswer.Clicked>(Assert.Single(Decide(group, settings, Clicked(ClickActions.Resolve, "U1", "Ada", "1.000001")).Answers)).Whisper;

        Assert.Null(Told(Announced()));
        Assert.Null(Told(Announced(Thread(1) with { Adopted = true })));
        Assert.Null(Told(Announced(Thread(1) with { Ts = null })));

        const string Unseen = "Done: “Boom” (billing-42) is resolved now. Nothing is posted about it under this announcement.";
        Assert.Equal(Unseen, Told(Announced() with { Threads = [] }));
        Assert.Equal(Unseen, Told(Announced(Thread(2, channel: "C2"))));
        Assert.Equal(Unseen, Told(Announced(Thread(1) with { Adopted = true }), Settings with { ThreadsOff = true }));

        // The card shows it, where the announcement is ours.
        Assert.Null(Told(Announced(), Settings with { ThreadsOff = true }));
    }

    [Fact]
    public void A_button_that_is_not_ours_means_nothing() =>
        Assert.Null(ClickActivity.Of(new Click(Alerts, "1.000001", "tg.delete_everything", "1.1", "U1"), "Ada"));

    [Fact]
    public void An_adoption_makes_the_group_known_and_is_not_made_twice()
    {
        var parent = new ParentAdoption(Alerts, "1700000000.000007", Issue: new IssueFacts("Foreign"));
        var turn = Decide(GroupMemory.Unknown(Given.Id(900)), null, new TurnRequest.Adoption(parent));
        Assert.Equal(AdoptionOutcome.Adopted, Assert.IsType<TurnAnswer.Adopted>(turn.Answers[0]).Receipt.Outcome);
        Assert.Equal("1700000000.000007", Assert.Single(turn.Threads).AdoptedTs);
        Assert.False(turn.IsEmpty);

        var again = Decide(turn.After, null, new TurnRequest.Adoption(parent), new TurnRequest.Adoption(parent with { Ts = "1700000000.000008" }));
        Assert.Equal([AdoptionOutcome.AlreadyAdopted, AdoptionOutcome.Taken], again.Answers.Select(answer => Assert.IsType<TurnAnswer.Adopted>(answer).Receipt.Outcome));
    }

    private static TurnRequest Clicked(string action, string user, string name, string actionTs)
    {
        var click = new Click(Alerts, "1700000000.000001", action, actionTs, user);
        var activity = ClickActivity.Of(click, name)!;
        return new TurnRequest.Clicked(click, activity, ContentHash.Of(Key.Group, activity));
    }

    [Fact]
    public void Policy_decides_by_channel_and_kind_and_the_first_rule_that_matches_is_the_one()
    {
        var settings = Settings with
        {
            Policy = new PostingPolicy(
            [
                new PostingRule(PostingMode.Broadcast, Kinds: [ActivityTypes.Regressed]),
                new PostingRule(PostingMode.Silent, EditParent: false, Workspace: "T1", Channel: "C2"),
                new PostingRule(PostingMode.Silent, Kinds: [ActivityTypes.Note]),
            ]),
        };
        var group = Announced(Thread(1), Thread(2, channel: "C2"));
        var turn = Decide(group, settings, Told(By(ActorTypes.User, ActivityTypes.Regressed, "a1")), Told(By(ActorTypes.User, ActivityTypes.Resolved, "a2")), Told(By(ActorTypes.User, ActivityTypes.Note, "a3", """{"text":"x"}""")));

        Assert.Equal([(1, true), (2, true), (1, false)], turn.Deliveries.Select(delivery => (delivery.Thread == Given.Id(1) ? 1 : 2, delivery.Broadcast)));
        Assert.Equal((AcceptOutcome.Accepted, 1), (Receipt(turn.Answers[1]).Outcome, Receipt(turn.Answers[1]).Threads!.Value));
        Assert.Equal((AcceptOutcome.Ignored, AcceptReasons.Policy, 4L, 0), (Receipt(turn.Answers[2]).Outcome, Receipt(turn.Answers[2]).Reason, Receipt(turn.Answers[2]).Sequence!.Value, Receipt(turn.Answers[2]).Threads!.Value));
        Assert.Equal("resolved", turn.After.Status);
        Assert.Equal([Given.Id(1), Given.Id(2)], turn.WantedRevisions.Order());
        Assert.Equal([Given.Id(1)], Decide(group, settings, Told(By(ActorTypes.User, ActivityTypes.Resolved))).WantedRevisions);
    }

    [Fact]
    public void A_repeated_alert_is_a_kind_of_its_own_and_an_announcement_is_never_silenced()
    {
        TurnDecision With(PostingMode mode, GroupMemory group) =>
            Decide(group, Settings with { Policy = new PostingPolicy([new PostingRule(mode)]) }, Told(new Alert("e2", new IssueFacts("Boom"))));
        Assert.True(With(PostingMode.Broadcast, Announced()).Deliveries.Single().Broadcast);
        var silent = With(PostingMode.Silent, Announced());
        Assert.Equal((AcceptOutcome.Ignored, AcceptReasons.Policy), (Receipt(silent.Answers[0]).Outcome, Receipt(silent.Answers[0]).Reason));
        Assert.Empty(silent.Deliveries);
        Assert.Equal(DeliveryKind.Root, With(PostingMode.Silent, GroupMemory.Unknown(Given.Id(900))).Deliveries.Single().Kind);
    }

    [Theory]
    [InlineData(ActivityTypes.Resolved, false, true)]
    [InlineData(ActivityTypes.Unassigned, true, false)]
    public void What_system_actors_do_is_posted_by_type_where_policy_says_so(string type, bool configured, bool posted)
    {
        var settings = Settings with
        {
            PostSystemActors = configured,
            Policy = new PostingPolicy([], new Dictionary<string, bool> { [ActivityTypes.Resolved] = true, [PostingPolicy.AnyType] = false }),
        };
        Assert.Equal(posted, Decide(Announced(), settings, Told(By(ActorTypes.System, type))).Deliveries.Count == 1);
        Assert.Equal(configured, Decide(Announced(), settings with { Policy = PostingPolicy.Default }, Told(By(ActorTypes.System, type))).Deliveries.Count == 1);
    }
}
