using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Tests;

// The gateway is tested against a real silo, over real grain calls; what the grains behind it decide is the silo's tests' business.
internal sealed class RecordingGroupGrain : Grain, IIssueGroupGrain
{
    private GroupKey Key => GroupKey.Parse(this.GetPrimaryKeyString());

    private Script Script => Tests.Script.Of(Key.Organization) ?? throw new InvalidOperationException($"No test has the organization {Key.Organization}.");

    public Task<AcceptReceipt> Accept(Activity activity)
    {
        Note(nameof(Accept), activity);
        return Script.Accept(Key.Group, activity);
    }

    public async Task<IReadOnlyList<AcceptReceipt>> AcceptMany(IReadOnlyList<Activity> activities)
    {
        Note(nameof(AcceptMany), activities);
        if (Script.AcceptMany is { } many)
        {
            return await many(Key.Group, activities);
        }

        var receipts = new List<AcceptReceipt>();
        foreach (var activity in activities)
        {
            receipts.Add(await Script.Accept(Key.Group, activity));
        }

        return receipts;
    }

    public Task<AcceptReceipt> Announce(Alert alert)
    {
        Note(nameof(Announce), alert);
        return Script.Announce(Key.Group, alert);
    }

    public Task<AdoptionReceipt> Adopt(ParentAdoption adoption)
    {
        Note(nameof(Adopt), adoption);
        return Task.FromResult(Script.Adopt(adoption));
    }

    public Task<ClickReceipt> Click(Click click)
    {
        Note(nameof(Click), click);
        return Script.Click(click);
    }

    public Task FollowClick(Click click)
    {
        Note(nameof(FollowClick), click);
        return Task.CompletedTask;
    }

    public Task<OperatorReceipt> CloseThread(Guid thread)
    {
        Note(nameof(CloseThread), thread);
        return Task.FromResult(Script.CloseThread(thread));
    }

    public Task<OperatorReceipt> ReopenThread(Guid thread)
    {
        Note(nameof(ReopenThread), thread);
        return Task.FromResult(Script.ReopenThread(thread));
    }

    public Task<OperatorReceipt> ParentDeleted(ChannelAddress address, string ts) => throw new NotSupportedException("Only the workspace's grain tells a group.");

    public Task<OperatorReceipt> ChannelMoved(ChannelAddress former, string channel) => throw new NotSupportedException("Only a sweep of the silos tells a group.");

    public Task<OperatorReceipt> ReplySeen(Guid post, string ts, string threadTs) => throw new NotSupportedException("Only the workspace's grain tells a group.");

    public Task<OperatorReceipt> PostSeen(Guid post, string ts) => throw new NotSupportedException("Only the workspace's grain tells a group.");

    public Task<IReadOnlyList<OperatorReceipt>> Replay(IReadOnlyList<Guid> deliveries)
    {
        Note(nameof(Replay), deliveries);
        return Task.FromResult<IReadOnlyList<OperatorReceipt>>([.. deliveries.Select(Script.Replay)]);
    }

    public Task<OperatorReceipt> ResolveDoubt(Guid delivery, DoubtVerdict verdict, string? slackTs)
    {
        Note(nameof(ResolveDoubt), (delivery, verdict, slackTs));
        return Task.FromResult(Script.ResolveDoubt());
    }

    public Task Nudge() => Task.CompletedTask;

    private void Note(string method, object argument) => Script.Note(this.GetPrimaryKeyString(), method, argument);
}

internal sealed class RecordingOrganizationGrain : Grain, IOrganizationGrain
{
    public Task<OrganizationAccess> GetAccess()
    {
        if (Script.Of(this.GetPrimaryKeyString()) is not { } script)
        {
            return Task.FromResult(new OrganizationAccess([], []));
        }

        script.Note(this.GetPrimaryKeyString(), nameof(GetAccess));
        return script.Access();
    }

    public Task<PostingPolicy> GetPolicy() => Task.FromResult(Script.Of(this.GetPrimaryKeyString())!.Policy);

    public Task<IReadOnlyList<SettingsFault>> SetPolicy(PostingPolicy policy)
    {
        Script.Of(this.GetPrimaryKeyString())!.Note(this.GetPrimaryKeyString(), nameof(SetPolicy), policy);
        return Task.FromResult(Script.Of(this.GetPrimaryKeyString())!.SettingsFaults);
    }

    public Task<IReadOnlyList<AlertRoute>> GetRoutes() => Task.FromResult(Script.Of(this.GetPrimaryKeyString())!.Routes);

    public Task<IReadOnlyList<SettingsFault>> SetRoutes(IReadOnlyList<AlertRoute> routes)
    {
        Script.Of(this.GetPrimaryKeyString())!.Note(this.GetPrimaryKeyString(), nameof(SetRoutes), routes);
        return Task.FromResult(Script.Of(this.GetPrimaryKeyString())!.SettingsFaults);
    }

    public Task<AlertPreview> Preview(string group, Alert alert) =>
        Task.FromResult(new AlertPreview([new RoutedChannel(new ChannelAddress("T1", "C1"), "payments")], alert.Issue.Title!, """[{"type":"section"}]"""));

    public Task<OrganizationSettings> GetSettings() => throw new NotSupportedException("The gateway asks for access only.");
}

internal sealed class RecordingWorkspaceGrain : Grain, ISlackWorkspaceGrain
{
    private Script? Script => Tests.Script.Of(this.GetPrimaryKeyString());

    public Task<WorkspaceAdmission> Admit(string? apiAppId, string signatureDigest)
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(Admit), signatureDigest);
        return Script?.Admit(signatureDigest) ?? Task.FromResult(WorkspaceAdmission.Unknown);
    }

    public Task Whisper(string channel, string user, string? threadTs, string text)
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(Whisper), (channel, user, threadTs, text));
        return Task.CompletedTask;
    }

    public Task<SlackEventOutcome> Take(SlackEvent happened)
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(Take), happened);
        return Task.FromResult(Script!.TakeEvent(happened));
    }

    public Task<HealthView> GetHealth() => Task.FromResult(Script!.Health);

    public Task<IReadOnlyList<HealthView>> GetChannels(IReadOnlyList<string> channels) =>
        Task.FromResult<IReadOnlyList<HealthView>>([.. channels.Select(channel => Script!.ChannelHealth.GetValueOrDefault(channel) ?? new HealthView(null))]);

    public Task<HealthView> Wake()
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(Wake));
        return GetHealth();
    }

    public Task<HealthView> WakeChannel(string channel)
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(WakeChannel), channel);
        return Task.FromResult(new HealthView(null));
    }

    public Task<InstallationReceipt> Install(InstallationRequest request)
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(Install), request);
        return Task.FromResult(Script!.Install());
    }

    public Task<InstallationReceipt> Uninstall(string organization)
    {
        Script?.Note(this.GetPrimaryKeyString(), nameof(Uninstall), organization);
        return Task.FromResult(Script!.Install());
    }
}

internal sealed class RecordingKeysGrain : Grain, IInstallationKeysGrain
{
    public Task<RotationReport> Rotate() => Task.FromResult(Script.Rotation);
}

internal sealed class RecordingReaderGrain : Grain, ILedgerReaderGrain
{
    public Task<GroupView?> GetGroup(GroupKey group)
    {
        Script.Of(group.Organization)?.Note("reader", nameof(GetGroup), group);
        return Task.FromResult(Script.Of(group.Organization)?.Groups.GetValueOrDefault(group.Group));
    }

    public Task<DeliveryPage> ListDeliveries(string organization, DeliveryFilter filter, string? cursor, int limit)
    {
        var script = Script.Of(organization)!;
        script.Note("reader", nameof(ListDeliveries), (filter, cursor, limit));
        var matching = script.Deliveries.Where(delivery =>
            (filter.Group is null || delivery.Group == filter.Group)
            && (filter.State is null || delivery.State == filter.State)
            && (filter.Reason is null || delivery.Reason == filter.Reason)
            && (filter.Workspace is null || delivery.Workspace == filter.Workspace)
            && (filter.Channel is null || delivery.Channel == filter.Channel)).ToList();
        int start = cursor is null ? 0 : matching.FindIndex(delivery => delivery.Id == Guid.Parse(cursor)) + 1;
        var page = matching.Skip(start).Take(limit).ToList();
        return Task.FromResult(new DeliveryPage(page, start + page.Count < matching.Count ? page[^1].Id.ToString() : null));
    }

    public Task<DeliveryView?> GetDelivery(string organization, Guid delivery) =>
        Task.FromResult(Script.Of(organization)?.Deliveries.Find(one => one.Id == delivery));

    public Task<GroupKey?> FindGroupOfMessage(ChannelAddress address, string messageTs, Guid? markerPost)
    {
        var script = Script.Of(address.Workspace)!;
        script.Note("reader", nameof(FindGroupOfMessage), (address, messageTs, markerPost));
        return Task.FromResult(script.GroupOfMessage.TryGetValue($"{address}/{messageTs}", out string? group) ? new GroupKey(script.Organization, group) : (GroupKey?)null);
    }

    public Task<IReadOnlyList<ChannelSummary>> ListChannels(string organization, string workspace, string? after, int limit) =>
        Task.FromResult<IReadOnlyList<ChannelSummary>>([.. Script.Of(organization)!.Channels.Where(row => after is null || string.CompareOrdinal(row.Channel, after) > 0).Take(limit)]);

    public Task<TotalsView> GetTotals() => Task.FromResult(Script.Totals);

    public Task<bool> IsReady() => Task.FromResult(Script.IsReady);
}
