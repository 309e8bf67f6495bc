using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Deliveries;
using ThreadGrains.WebhookGateway.Groups;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Settings;
using ThreadGrains.WebhookGateway.Workspaces;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.OpenApi;

/// <summary>
/// The examples of the document. Requests are text as a sender writes it, and a test feeds each to our own parser; answers are
/// written by the types that write the real ones.
/// </summary>
internal static class Examples
{
    private static readonly Guid Thread = new("0199f2a1-6f50-7c3e-9a51-0c8f2b7e4d10");
    private static readonly Guid Delivery = new("0199f2a1-7a04-7b11-8c42-5d1f3e6a9b27");
    private static readonly DateTimeOffset Morning = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);
    private static readonly Guid Post = new("0199f2a1-7a9e-7d05-b0c3-91e4a8f6c532");

    private static readonly InstallationView Stored = new(InstallationSource.Stored, Morning, "api key 1f3a90bc", "A0123456789", "2026-11");

    /// <summary>By body: the name of each example and its text.</summary>
    public static readonly IReadOnlyDictionary<Type, IReadOnlyDictionary<string, string>> Requests = new Dictionary<Type, IReadOnlyDictionary<string, string>>
    {
        [typeof(AlertBody)] = new Dictionary<string, string>
        {
            ["An error in the default channel"] = """
                {"id": "alert-7001", "group": "billing-42", "issue": {"title": "TimeoutError: charge took longer than 30 s",
                 "url": "https://tracker.example/issues/billing-42", "project": "billing", "level": "error", "culprit": "charge_card in payments.py",
                 "tags": {"environment": "production", "release": "2026.11.3"}}, "occurredAt": "2026-11-23T09:30:00Z"}
                """,
            ["Named channels, a rule and an open period"] = """
                {"id": "alert-7002", "group": "billing-42", "rule": "p1-on-call", "openPeriod": "3", "issue": {"title": "TimeoutError: charge took longer than 30 s"},
                 "channels": [{"workspace": "T0123456789", "channel": "C0123456789"}]}
                """,
        },
        [typeof(ActivityBody)] = new Dictionary<string, string>
        {
            ["Resolved by a person"] = """
                {"id": "act-9001", "group": "billing-42", "type": "resolved", "actor": {"type": "user", "id": "u-17", "name": "Ada Byron"}}
                """,
            ["A comment"] = """
                {"id": "act-9002", "group": "billing-42", "type": "note", "actor": {"type": "user", "name": "Ada Byron"},
                 "data": {"text": "Rolled back to 2026.11.2."}, "occurredAt": "2026-11-23T09:41:12+01:00"}
                """,
            ["Assigned to a team"] = """
                {"id": "act-9003", "group": "billing-42", "type": "assigned", "actor": {"type": "user", "email": "ada@example.com"},
                 "data": {"assignee": "payments", "assigneeType": "team"}}
                """,
            ["Resolved in a release, by the build server"] = """
                {"id": "act-9004", "group": "billing-42", "type": "resolved_in_release", "actor": {"type": "integration", "name": "Build server"},
                 "data": {"version": "2026.11.4"}}
                """,
        },
        [typeof(ParentBody)] = new Dictionary<string, string>
        {
            ["A message of another app"] = """
                {"workspace": "T0123456789", "channel": "C0123456789", "ts": "1503435956.000247", "issue": {"title": "Disk of db-3 is 91 % full"}}
                """,
        },
        [typeof(PolicyBody)] = new Dictionary<string, string>
        {
            ["Regressions loud, comments of one channel silent, what the tracker does by itself posted when it resolves"] = """
                {"rules": [{"kinds": ["regressed", "escalating"], "post": "broadcast"},
                           {"workspace": "T0123456789", "channel": "C0123456789", "kinds": ["note"], "post": "silent"},
                           {"workspace": "T0123456789", "channel": "C0987654321", "post": "thread", "editParent": false}],
                 "systemActors": {"resolved_by_age": "post", "*": "ignore"}}
                """,
        },
        [typeof(RoutesBody)] = new Dictionary<string, string>
        {
            ["By project and level"] = """
                {"routes": [{"name": "production, fatal", "levels": ["fatal"], "tags": {"environment": "production"}, "goOn": true,
                             "channels": [{"workspace": "T0123456789", "channel": "C0111111111"}]},
                            {"name": "payments", "projects": ["payments-*", "billing"], "channels": [{"workspace": "T0123456789", "channel": "C0123456789"}]}]}
                """,
        },
        [typeof(InstallationBody)] = new Dictionary<string, string>
        {
            ["The token of a second workspace"] = """
                {"botToken": "xoxb-the-token-from-OAuth-and-Permissions"}
                """,
        },
        [typeof(ReplayBody)] = new Dictionary<string, string>
        {
            ["What expired while a channel was archived"] = """
                {"reason": "expired", "workspace": "T0123456789", "channel": "C0123456789", "limit": 100}
                """,
            ["What the tracker refused to be told"] = """
                {"kind": "callback", "reason": "callback_failed:401", "limit": 1000}
                """,
        },
        [typeof(ResolveBody)] = new Dictionary<string, string>
        {
            ["It is in Slack"] = """
                {"as": "sent", "slackTs": "1503435987.000310"}
                """,
            ["It is not: send it again"] = """
                {"as": "resend"}
                """,
        },
    };

    /// <summary>The JSON text of an example as a node.</summary>
    public static JsonNode Request(string text) => JsonNode.Parse(text)!;

    /// <summary>All examples of a body, one a line.</summary>
    public static string Lines(Type body) => string.Join('\n', Requests[body].Values.Select(text => Request(text).ToJsonString())) + "\n";

    /// <summary>By name: the answers.</summary>
    public static readonly IReadOnlyDictionary<string, JsonNode> Answers = new Dictionary<string, JsonNode>
    {
        ["accepted"] = JsonSerializer.SerializeToNode(
            new ReceiptAnswer { Id = "act-9001", Group = "billing-42", Outcome = "accepted", Sequence = 12, Threads = 2 }, WireJson.Plain.ReceiptAnswer)!,
        ["duplicate"] = JsonSerializer.SerializeToNode(
            new ReceiptAnswer { Id = "act-9001", Group = "billing-42", Outcome = "duplicate", Sequence = 12, Threads = 2 }, WireJson.Plain.ReceiptAnswer)!,
        ["ignored"] = JsonSerializer.SerializeToNode(
            new ReceiptAnswer { Id = "act-9001", Group = "billing-43", Outcome = "ignored", Reason = AcceptReasons.NoGroup }, WireJson.Plain.ReceiptAnswer)!,
        ["lines"] = JsonValue.Create(string.Concat(
            JsonSerializer.Serialize(new ReceiptAnswer { Id = "act-9001", Group = "billing-42", Outcome = "accepted", Sequence = 12, Threads = 2, Status = 202, Line = 1 }, WireJson.Plain.ReceiptAnswer), "\n",
            JsonSerializer.Serialize(Problem.Of(ProblemKinds.Busy, "Too much is waiting for this group. Nothing was stored; send it again later.") with { Id = "act-9002", Group = "billing-42", Line = 2 }, WireJson.Plain.Problem), "\n",
            JsonSerializer.Serialize(Problem.Of(ProblemKinds.NotTried, "An earlier line of this group was refused. Send this line again, after those before it.") with { Id = "act-9003", Group = "billing-42", Line = 3 }, WireJson.Plain.Problem), "\n")),
        ["parent"] = JsonSerializer.SerializeToNode(new ParentAnswer(Thread), WireJson.Plain.ParentAnswer)!,
        ["closedThread"] = JsonSerializer.SerializeToNode(new ThreadStateAnswer(Thread, "closed"), WireJson.Plain.ThreadStateAnswer)!,
        ["reopenedThread"] = JsonSerializer.SerializeToNode(new ThreadStateAnswer(Thread, "open"), WireJson.Plain.ThreadStateAnswer)!,
        ["policy"] = JsonSerializer.SerializeToNode(
            new PolicyBody { Rules = [new PolicyRuleBody { Post = "broadcast", Kinds = ["regressed", "escalating"] }], SystemActors = new Dictionary<string, string> { ["*"] = "ignore" } },
            WireJson.Plain.PolicyBody)!,
        ["routes"] = JsonSerializer.SerializeToNode(
            new RoutesBody { Routes = [new RouteBody { Name = "payments", Projects = ["payments-*"], Channels = [new ChannelBody { Workspace = "T0123456789", Channel = "C0123456789" }] }] },
            WireJson.Plain.RoutesBody)!,
        ["preview"] = JsonSerializer.SerializeToNode(
            new PreviewAnswer
            {
                Channels = [new RoutedChannelAnswer("T0123456789", "C0123456789", "payments")],
                Text = "TimeoutError: charge took longer than 30 s (unresolved)",
                Blocks = JsonElement.Parse("""[{"type": "section", "text": {"type": "mrkdwn", "text": "*TimeoutError: charge took longer than 30 s*"}}]"""),
            },
            WireJson.Plain.PreviewAnswer)!,
        ["workspace"] = JsonSerializer.SerializeToNode(WorkspaceAnswer.Of("T0123456789", new HealthView(null)), WireJson.Plain.WorkspaceAnswer)!,
        ["storedWorkspace"] = JsonSerializer.SerializeToNode(WorkspaceAnswer.Of("T0123456789", new HealthView(null, Installation: Stored)), WireJson.Plain.WorkspaceAnswer)!,
        ["rotation"] = JsonSerializer.SerializeToNode(new RotationAnswer("2026-11", 3, 2, [new RemainingKeyAnswer("2025", 1)], Complete: true), WireJson.Plain.RotationAnswer)!,
        ["workspaces"] = JsonSerializer.SerializeToNode(
            new WorkspacesAnswer([WorkspaceAnswer.Of("T0123456789", new HealthView("token_revoked", Morning, Morning.AddMinutes(4), Installation: Stored))]), WireJson.Plain.WorkspacesAnswer)!,
        ["channel"] = JsonSerializer.SerializeToNode(ChannelAnswer.Of("T0123456789", "C0123456789", new HealthView(null), null), WireJson.Plain.ChannelAnswer)!,
        ["channels"] = JsonSerializer.SerializeToNode(
            new ChannelsAnswer(
                [
                    ChannelAnswer.Of("T0123456789", "C0123456789", new HealthView("is_archived", Morning, Morning.AddMinutes(4), "alerts-billing"), new ChannelSummary("C0123456789", 17, 2, 5)),
                ],
                "C0123456789"),
            WireJson.Plain.ChannelsAnswer)!,
        ["group"] = JsonSerializer.SerializeToNode(
            new GroupAnswer
            {
                Group = "billing-42",
                Status = "resolved",
                Assignee = "Ada Byron",
                Issue = new IssueBody { Title = "TimeoutError: charge took longer than 30 s", Project = "billing", Level = "error" },
                Sequence = 12,
                Threads = [new ThreadAnswer { Id = Thread, Workspace = "T0123456789", Channel = "C0123456789", Ts = "1503435956.000247", State = "open" }],
            },
            WireJson.Plain.GroupAnswer)!,
        ["delivery"] = JsonSerializer.SerializeToNode(Late(), WireJson.Plain.DeliveryAnswer)!,
        ["deliveries"] = JsonSerializer.SerializeToNode(new DeliveryPageAnswer([Late()], Delivery.ToString("D")), WireJson.Plain.DeliveryPageAnswer)!,
        ["replayed"] = JsonSerializer.SerializeToNode(new ReplayedAnswer(37), WireJson.Plain.ReplayedAnswer)!,
        ["live"] = new JsonObject { ["status"] = "live" },
        ["ready"] = new JsonObject { ["status"] = "ready" },
    };

    /// <summary>The problem document of a kind.</summary>
    public static JsonNode ProblemOf(ProblemKind kind) => JsonSerializer.SerializeToNode(
        kind == ProblemKinds.InvalidRequest
            ? Problem.Invalid(new Violation("actor.type", "must be user, system or integration"))
            : Problem.Of(kind, kind == ProblemKinds.Unauthenticated ? "The key is not valid." : null),
        WireJson.Plain.Problem)!;

    private static DeliveryAnswer Late() => new()
    {
        Id = Delivery,
        Group = "billing-42",
        Activity = "act-9001",
        Kind = "reply",
        Workspace = "T0123456789",
        Channel = "C0123456789",
        ThreadTs = "1503435956.000247",
        Sequence = 12,
        State = "pending",
        Attempts = 1,
        Late = true,
        Post = Post,
    };
}
