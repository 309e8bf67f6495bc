using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.Organizations;
using ThreadGrains.WebhookGateway.Alerts;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.OpenApi;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Settings;

/// <summary>/v1/policy and /v1/routes: what is posted where, and where alerts go that name no channels.</summary>
internal static class SettingsApi
{
    public static void MapSettings(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/policy", (HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options) =>
                Show(http, grains, options.Value, grain => grain.GetPolicy(), PolicyBody.Of, WireJson.Plain.PolicyBody))
            .Describe("getPolicy", "Settings", "Look at what is posted where", "Nothing set: everything into the threads, announcements edited.")
            .Answers<PolicyBody>(200, "policy")
            .Refuses(ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPut("/policy", (HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options) => Set(
                http, grains, options.Value, PolicyBody.Read, (grain, body) => grain.SetPolicy(body.ToPolicy()), WireJson.Plain.PolicyBody))
            .Describe("setPolicy", "Settings", "Set what is posted where",
                "Replaces the policy, for what is accepted a few seconds later; what was accepted before goes where it was to go. Channels are looked up in Slack.")
            .Takes<PolicyBody>()
            .Answers<PolicyBody>(200, "policy")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.UnknownWorkspace, ProblemKinds.RateLimited,
                ProblemKinds.Unavailable);

        v1.MapGet("/routes", (HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options) =>
                Show(http, grains, options.Value, grain => grain.GetRoutes(), RoutesBody.Of, WireJson.Plain.RoutesBody))
            .Describe("getRoutes", "Settings", "Look at where alerts go", "Only alerts that name no channels follow routes; where none matches they go to the default channel.")
            .Answers<RoutesBody>(200, "routes")
            .Refuses(ProblemKinds.RateLimited, ProblemKinds.Unavailable);

        v1.MapPut("/routes", (HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options) => Set(
                http, grains, options.Value, RoutesBody.Read, (grain, body) => grain.SetRoutes(body.ToRoutes()), WireJson.Plain.RoutesBody))
            .Describe("setRoutes", "Settings", "Set where alerts go", "Replaces the routes, for what is accepted a few seconds later. Channels are looked up in Slack.")
            .Takes<RoutesBody>()
            .Answers<RoutesBody>(200, "routes")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.UnknownWorkspace, ProblemKinds.RateLimited,
                ProblemKinds.Unavailable);

        v1.MapPost("/routes/dry-run", DryRun)
            .Describe("tryRoutes", "Settings", "See where an alert would go and how it would look", "Takes an alert as POST /v1/alerts does. Nothing is stored or posted.")
            .Takes<AlertBody>()
            .Answers<PreviewAnswer>(200, "preview")
            .Refuses(
                ProblemKinds.InvalidRequest, ProblemKinds.TooLarge, ProblemKinds.UnsupportedMediaType, ProblemKinds.UnknownWorkspace, ProblemKinds.RateLimited,
                ProblemKinds.Unavailable);
    }

    private static async Task<IResult> Show<TValue, TBody>(
        HttpContext http, GrainCalls grains, GatewayOptions options, Func<IOrganizationGrain, Task<TValue>> get, Func<TValue, TBody> shape, JsonTypeInfo<TBody> json)
    {
        string organization = Sender.Of(http).Organization;
        var answer = await grains.Insist(factory => get(factory.GetGrain<IOrganizationGrain>(organization)), options.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<TValue>.Answered { Value: var value }
            ? Answer.Json(StatusCodes.Status200OK, shape(value), json)
            : Problem.Of(ProblemKinds.Unavailable, "The settings cannot be read now. Ask again.");
    }

    private static async Task<IResult> Set<TBody>(
        HttpContext http, GrainCalls grains, GatewayOptions options, Func<JsonFields, TBody> read,
        Func<IOrganizationGrain, TBody, Task<IReadOnlyList<SettingsFault>>> set, JsonTypeInfo<TBody> json)
        where TBody : class
    {
        string organization = Sender.Of(http).Organization;
        var (body, problem) = await RequestReader.ReadObject(http, options.MaxRequestBytes, read);
        if (problem is not null)
        {
            return problem;
        }

        // Setting the same twice is setting it once.
        var answer = await grains.AskAgain(factory => set(factory.GetGrain<IOrganizationGrain>(organization), body!), options.GrainPatience, http.RequestAborted);
        return answer switch
        {
            GrainAnswer<IReadOnlyList<SettingsFault>>.Answered { Value: { Count: 0 } } => Answer.Json(StatusCodes.Status200OK, body!, json),
            GrainAnswer<IReadOnlyList<SettingsFault>>.Answered { Value: var faults } when faults.FirstOrDefault(fault => fault.UnknownWorkspace) is { } foreign => Problem.Of(
                ProblemKinds.UnknownWorkspace, $"{foreign.Field}: {foreign.Detail}", faults.Where(fault => fault.UnknownWorkspace).Select(fault => new Violation(fault.Field, fault.Detail))),
            GrainAnswer<IReadOnlyList<SettingsFault>>.Answered { Value: var faults } => Problem.Invalid([.. faults.Select(fault => new Violation(fault.Field, fault.Detail))]),
            _ => Problem.Of(ProblemKinds.Unavailable, "It cannot be said now whether the settings were kept. Send them again."),
        };
    }

    private static async Task<IResult> DryRun(HttpContext http, GrainCalls grains, IOptions<GatewayOptions> options)
    {
        var sender = Sender.Of(http);
        var (body, problem) = await RequestReader.ReadObject(http, options.Value.MaxRequestBytes, AlertBody.Read);
        problem ??= sender.CheckWorkspaces((body!.Channels ?? []).Select((channel, i) => ($"channels[{i}].workspace", channel.Workspace)));
        if (problem is not null)
        {
            return problem;
        }

        var answer = await grains.Insist(
            factory => factory.GetGrain<IOrganizationGrain>(sender.Organization).Preview(body!.Group, body.ToAlert()), options.Value.GrainPatience, http.RequestAborted);
        return answer is GrainAnswer<AlertPreview>.Answered { Value: var preview }
            ? Answer.Json(StatusCodes.Status200OK, PreviewAnswer.Of(preview), WireJson.Plain.PreviewAnswer)
            : Problem.Of(ProblemKinds.Unavailable, "It cannot be tried now. Ask again.");
    }
}
