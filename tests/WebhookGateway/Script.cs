using System.Collections.Concurrent;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests;

/// <summary>
/// What the recording grains of one test answer, and what they were asked. Tests run against the same silo and are kept apart by their
/// organization and workspace, which no two share.
/// </summary>
internal sealed class Script(string organization, string workspace)
{
    private static readonly ConcurrentDictionary<string, Script> Scripts = new();

    public ConcurrentQueue<(string Grain, string Method, object? Argument)> Calls { get; } = new();

    public string Organization { get; } = organization;

    public string Workspace { get; } = workspace;

    public Func<Task<OrganizationAccess>> Access { get; set; } = () => Task.FromResult(new OrganizationAccess([], []));

    public Func<string, Activity, Task<AcceptReceipt>> Accept { get; set; } =
        (group, activity) => Task.FromResult(new AcceptReceipt(activity.Id, group, AcceptOutcome.Accepted, null, 1, 1));

    public Func<string, IReadOnlyList<Activity>, Task<IReadOnlyList<AcceptReceipt>>>? AcceptMany { get; set; }

    public Func<string, Alert, Task<AcceptReceipt>> Announce { get; set; } =
        (group, alert) => Task.FromResult(new AcceptReceipt(alert.Id, group, AcceptOutcome.Accepted, null, 1, 1));

    public Func<ParentAdoption, AdoptionReceipt> Adopt { get; set; } = _ => new AdoptionReceipt(AdoptionOutcome.Adopted, Guid.NewGuid());

    public Func<Click, Task<ClickReceipt>> Click { get; set; } = _ => Task.FromResult(new ClickReceipt(ClickOutcome.Changed, 2));

    public Func<Guid, OperatorReceipt> CloseThread { get; set; } = _ => new OperatorReceipt(OperatorOutcome.Done);

    public Func<Guid, OperatorReceipt> ReopenThread { get; set; } = _ => new OperatorReceipt(OperatorOutcome.Done);

    public Func<SlackEvent, SlackEventOutcome> TakeEvent { get; set; } = _ => SlackEventOutcome.Done;

    public PostingPolicy Policy { get; set; } = PostingPolicy.Default;

    public IReadOnlyList<AlertRoute> Routes { get; set; } = [];

    public IReadOnlyList<SettingsFault> SettingsFaults { get; set; } = [];

    public HealthView Health { get; set; } = new(null);

    public Dictionary<string, HealthView> ChannelHealth { get; } = [];

    public List<ChannelSummary> Channels { get; } = [];

    public Func<Guid, OperatorReceipt> Replay { get; set; } = _ => new OperatorReceipt(OperatorOutcome.Done);

    public Func<OperatorReceipt> ResolveDoubt { get; set; } = () => new OperatorReceipt(OperatorOutcome.Done);

    public ConcurrentDictionary<string, GroupView> Groups { get; } = new();

    public List<DeliveryView> Deliveries { get; } = [];

    public ConcurrentDictionary<string, string> GroupOfMessage { get; } = new();

    public Func<string, Task<WorkspaceAdmission>> Admit { get; set; } = _ => Task.FromResult(WorkspaceAdmission.Admitted);

    public Func<InstallationReceipt> Install { get; set; } = () => new InstallationReceipt(InstallationOutcome.Done);

    public static RotationReport Rotation { get; set; } = new("new", 0, 0, [], IsComplete: true);

    public static TotalsView Totals { get; set; } = new(0, 0, 0, 0);

    public static bool IsReady { get; set; } = true;

    public static Script? Of(string organizationOrWorkspace) => Scripts.GetValueOrDefault(organizationOrWorkspace);

    public void Register()
    {
        Scripts[Organization] = this;
        Scripts[Workspace] = this;
    }

    public void Note(string grain, string method, object? argument = null) => Calls.Enqueue((grain, method, argument));

    /// <summary>The arguments of all calls of a method, in order.</summary>
    public T[] Asked<T>(string method) => [.. Calls.Where(call => call.Method == method).Select(call => (T)call.Argument!)];
}
