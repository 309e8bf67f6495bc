using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.WebhookGateway.Parsing;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>
/// POST /slack/actions: what Slack sends when somebody clicks. Raw bytes, signature, decoding, installation, one durable
/// grain call, answer; in this order, within Slack's three seconds. Slack does not retry interactions, so an answer of 200
/// is given only after the commit.
/// </summary>
internal sealed partial class ActionsEndpoint(
    IGrainFactory grains, SlackGate gate, IOptions<GatewayOptions> options, TimeProvider clock, ILogger<ActionsEndpoint> logger)
{
    /// <summary>Slack waits three seconds; what is left is for the way.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(2500);

    /// <summary>One call to a grain.</summary>
    private static readonly TimeSpan CallBudget = TimeSpan.FromSeconds(2);

    private static readonly string[] Ours = [ClickActions.Resolve, ClickActions.Unresolve, ClickActions.Archive, ClickActions.AssignMe];

    public async Task Handle(HttpContext http)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        budget.CancelAfter(Budget);
        if (await Body.Read(http.Request, options.Value.MaxLargeBody, budget.Token) is not { } body)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        if (SslCheck.Is(http.Request.ContentType, body))
        {
            return;
        }

        if (gate.Check(http.Request.Headers, body) is not { } digest)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (!Body.Is(http.Request, "application/x-www-form-urlencoded")
            || InteractivePayloadReader.Read(body) is not PayloadReadResult<InteractivePayload>.Read { Value: var payload })
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            http.Response.StatusCode = await Take(payload, digest);
        }
        catch (Exception error) when (GrainTrouble.Is(error))
        {
            LogNotTaken(error.GetType().Name);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task<int> Take(InteractivePayload payload, string digest)
    {
        if (payload.TeamId is not { Length: > 0 and <= 64 } team)
        {
            return StatusCodes.Status403Forbidden;
        }

        var workspace = grains.GetGrain<ISlackWorkspaceGrain>(team);
        switch (await workspace.Admit(payload.ApiAppId, digest).WaitAsync(CallBudget, clock))
        {
            case WorkspaceAdmission.Unknown:
                return StatusCodes.Status403Forbidden;
            case WorkspaceAdmission.Repeated:
                return StatusCodes.Status200OK;
        }

        if (payload is not InteractivePayload.BlockActions { Actions: [var action, ..], ChannelId: { } channel, MessageTs: { } ts } actions)
        {
            // Well-formed, but nothing that has a handler here.
            return StatusCodes.Status200OK;
        }

        if (!Ours.Contains(action.ActionId))
        {
            // Link buttons of ours send a click too, and there is nothing to do for it.
            await Tell(workspace, channel, actions, "This button is not known here; nothing was changed.");
            return StatusCodes.Status200OK;
        }

        var address = new ChannelAddress(team, channel);
        var marker = actions.Message?.Marker?.Post;
        var group = await grains.GetGrain<ILedgerReaderGrain>(0).FindGroupOfMessage(address, ts.ToString(), marker).WaitAsync(CallBudget, clock);
        if (group is not { } key)
        {
            await Tell(workspace, channel, actions, "This message does not announce an issue that is known here; nothing was changed.");
            return StatusCodes.Status200OK;
        }

        var click = new Click(address, ts.ToString(), action.ActionId, action.ActionTs, actions.User.Id, actions.User.Name, marker);
        var receipt = await grains.GetGrain<IIssueGroupGrain>(key.ToString()).Click(click).WaitAsync(CallBudget, clock);
        LogClick(action.ActionId, receipt.Outcome);
        switch (receipt.Outcome)
        {
            case ClickOutcome.Unavailable:
                return StatusCodes.Status503ServiceUnavailable;
            case ClickOutcome.NotOurs:
                await Tell(workspace, channel, actions, "This message does not announce an issue that is known here; nothing was changed.");
                return StatusCodes.Status200OK;
            default:
                return StatusCodes.Status200OK;
        }
    }

    private static Task Tell(ISlackWorkspaceGrain workspace, string channel, InteractivePayload.BlockActions actions, string words) =>
        workspace.Whisper(channel, actions.User.Id, actions.ThreadTs?.ToString(), words);

    [LoggerMessage(EventName = "click_taken", Level = LogLevel.Information, Message = "A click on {Action}: {Outcome}")]
    private partial void LogClick(string action, ClickOutcome outcome);

    [LoggerMessage(EventName = "slack_request_not_taken", Level = LogLevel.Warning, Message = "A request of Slack's could not be taken: {Trouble}; the person sees an error")]
    private partial void LogNotTaken(string trouble);
}
