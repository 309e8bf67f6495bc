using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Slack.WebApi;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>/v1/workspaces/{workspace}/installation: the bot token of a workspace, kept encrypted; and the rotation of the key that encrypts.</summary>
internal static class InstallationsApi
{
    /// <summary>So much of the API key's hash tells keys apart, and opens nothing.</summary>
    private const int ShownHash = 8;

    public static void MapInstallations(this IEndpointRouteBuilder v1)
    {
        v1.MapPut("/workspaces/{workspace}/installation", Put)
            .Describe("putInstallation", "Workspaces", "Connect a workspace, or replace its token",
                "Slack is asked whether the token is good and this workspace's; then it is kept encrypted, and what waited for the workspace goes on. "
                + "It is in use everywhere within 30 s. A token of the configuration for the same workspace goes before it. The answer never shows the token.")
            .Takes<InstallationBody>()
            .Answers<WorkspaceAnswer>(200, "storedWorkspace")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.NoKey, ProblemKinds.WorkspaceTaken, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType,
                ProblemKinds.TokenRefused, ProblemKinds.OtherTeam, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapDelete("/workspaces/{workspace}/installation", Delete)
            .Describe("deleteInstallation", "Workspaces", "Remove a workspace's stored token", "What is due there waits. A token of the configuration stays. The answer says how the workspace is now.")
            .Answers<WorkspaceAnswer>(200, "workspace")
            .Refuses(ProblemKinds.NotFound, ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPost("/workspaces/rotate-keys", RotateKeys)
            .Describe("rotateKeys", "Workspaces", "Encrypt stored tokens with the first key",
                "After another key became the first in ThreadGrains__Secrets__Keys: every stored token is encrypted with it anew. The sums are the whole deployment's, because its keys are.")
            .Answers<RotationAnswer>(200, "rotation")
            .Refuses(ProblemKinds.NoKey, ProblemKinds.RateLimited, ProblemKinds.Unavailable);
    }

    private static async Task<IResult> Put(string workspace, HttpContext http, GrainCalls grains, AccessCache access, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        if (!RequestRules.IsSlackId(workspace, "T"))
        {
            return Problem.Invalid(new Violation("workspace", "must be Slack's id of the workspace: T and capital letters or digits"));
        }

        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, InstallationBody.Read);
        if (problem is not null)
        {
            return WithoutSecrets(problem);
        }

        var request = new InstallationRequest(sender.Organization, body!.BotToken, $"api key {sender.Key.Hash[..ShownHash]}");
        var answer = await grains.AskAgain(factory => factory.GetGrain<ISlackWorkspaceGrain>(workspace).Install(request), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<InstallationReceipt>.Answered { Value: var receipt } ? Told(workspace, receipt, access, sender) : NotSaid();
    }

    private static async Task<IResult> Delete(string workspace, HttpContext http, GrainCalls grains, AccessCache access, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        if (!RequestRules.IsSlackId(workspace, "T"))
        {
            return NotFound();
        }

        // Once: a second call would be told that there is nothing, although the first one removed it.
        var answer = await grains.Ask(
            factory => factory.GetGrain<ISlackWorkspaceGrain>(workspace).Uninstall(sender.Organization), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<InstallationReceipt>.Answered { Value: var receipt } ? Told(workspace, receipt, access, sender) : NotSaid();
    }

    private static async Task<IResult> RotateKeys(GrainCalls grains, HttpContext http, IOptions<GatewayOptions> options)
    {
        var answer = await grains.AskAgain(factory => factory.GetGrain<IInstallationKeysGrain>(0).Rotate(), options.Value.GrainPatience, http.RequestAborted);
        return answer switch
        {
            GrainAnswer<RotationReport>.Answered { Value.Key: null } => NoKey(),
            GrainAnswer<RotationReport>.Answered { Value: var report } => Answer.Json(StatusCodes.Status200OK, RotationAnswer.Of(report), WireJson.Plain.RotationAnswer),
            _ => Problem.Of(ProblemKinds.Unavailable, "It cannot be said now how far it came. Send it again; what is done stays done."),
        };
    }

    private static IResult Told(string workspace, InstallationReceipt receipt, AccessCache access, Sender sender)
    {
        switch (receipt.Outcome)
        {
            case InstallationOutcome.Done:
                // The next request of this gateway knows it; other gateways do within the life of what they remember.
                access.Forget(sender.Organization);
                return Answer.Json(StatusCodes.Status200OK, WorkspaceAnswer.Of(workspace, receipt.Health ?? new HealthView(null)), WireJson.Plain.WorkspaceAnswer);
            case InstallationOutcome.NotFound:
                return NotFound();
            case InstallationOutcome.NoKey:
                return NoKey();
            case InstallationOutcome.TokenRefused:
                return Problem.Of(ProblemKinds.TokenRefused, $"Slack refuses the token: {receipt.Detail}. {PlainWords.Of(receipt.Detail ?? "").Reason} Nothing was changed.");
            case InstallationOutcome.OtherTeam:
                return Problem.Of(ProblemKinds.OtherTeam, $"The token belongs to {receipt.Detail}, not to {workspace}. Give each workspace its own token; tokens of a whole Enterprise organization are not taken.");
            case InstallationOutcome.Taken:
                return Problem.Of(ProblemKinds.WorkspaceTaken, $"{workspace} is connected to another organization. It must be removed there first.");
            case InstallationOutcome.SlackSilent:
                return Problem.Of(ProblemKinds.Unavailable, "Slack does not tell now whether the token is good. Nothing was changed; send it again.");
            case InstallationOutcome.Malformed:
                return Problem.Invalid(new Violation("botToken", InstallationRules.BotTokenRule));
            default:
                return NotSaid();
        }
    }

    /// <summary>A token in the wrong place, such as in a field's name, must not come back in what says that it is wrong.</summary>
    private static Problem WithoutSecrets(Problem problem) => problem with
    {
        Detail = problem.Detail is { } detail ? SlackRedaction.Redact(detail) : null,
        Errors = problem.Errors?.Select(error => new FieldError(SlackRedaction.Redact(error.Field), SlackRedaction.Redact(error.Detail))).ToArray(),
    };

    private static Problem NotFound() => Problem.Of(ProblemKinds.NotFound, "Your organization has no stored token for such a workspace.");

    private static Problem NoKey() => Problem.Of(
        ProblemKinds.NoKey, "Tokens are kept only encrypted, and no key is configured: set ThreadGrains__Secrets__Keys__0__Id and ThreadGrains__Secrets__Keys__0__Key (openssl rand -base64 32) and restart.");

    private static Problem NotSaid() => Problem.Of(ProblemKinds.Unavailable, "It cannot be said now whether it was done. Look at /v1/workspaces, or send it again.");
}
