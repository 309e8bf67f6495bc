using ThreadGrains.SlackEmulator.Interactions;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>Slack's Web API under <c>/api/</c>, where <c>slackApiUrl</c> of the official SDK points.</summary>
internal static class WebApiEndpoints
{
    public static IServiceCollection AddSlackWebApi(this IServiceCollection services) => services
        .AddSingleton<OpenViews>()
        .AddSingleton<ViewMethods>()
        .AddSingleton<LateCalls>()
        .AddSingleton<AppStanding>()
        .AddSingleton<ApiEndpoint>()
        .AddSingleton<IReadOnlyCollection<ApiMethod>>(static provider =>
        [
            .. AuthMethods.All, .. ChatMethods.All, .. ConversationMethods.All, .. UserMethods.All, .. provider.GetRequiredService<ViewMethods>().All,
        ]);

    public static void MapSlackWebApi(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/api/{method}", ["GET", "POST"], static (HttpContext http, string method, ApiEndpoint endpoint) => endpoint.Serve(http, method));
}
