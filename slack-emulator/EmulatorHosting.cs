using System.Net;
using ThreadGrains.SlackEmulator.Faults;
using ThreadGrains.SlackEmulator.Inspection;
using ThreadGrains.SlackEmulator.Interactions;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.RateLimits;
using ThreadGrains.SlackEmulator.WebApi;

namespace ThreadGrains.SlackEmulator;

/// <summary>Puts the emulator together.</summary>
internal static class EmulatorHosting
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var options = EmulatorOptions.From(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Parse(options.Bind), options.Port);
            kestrel.AddServerHeader = false;
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => new MessageLog(options.Data));
        builder.Services.AddSingleton<Happenings>();
        builder.Services.AddSingleton<Store>();
        builder.Services.AddSingleton<Limits>();
        builder.Services.AddSingleton<FaultPlan>();
        builder.Services.AddSingleton<Triggers>();
        builder.Services.AddSingleton<ResponseUrls>();
        builder.Services.AddSingleton<AppAddress>();
        builder.Services.AddSingleton<Clicks>();
        builder.Services.AddSingleton<CallLog>();
        builder.Services.AddSingleton<ChatMethods>();
        builder.Services.AddSingleton<ConversationMethods>();
        builder.Services.AddSingleton<IdentityMethods>();
        builder.Services.AddSingleton<ViewMethods>();
        builder.Services.AddSingleton<WebApiEndpoint>();
        var app = builder.Build();
        // Opens and replays the log now: an unwritable folder is an error at start, not at the first post.
        app.Services.GetRequiredService<Store>();
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapInspection();
        app.Map("/api/{method}", (HttpContext http, string method, WebApiEndpoint api) => api.Handle(http, method));
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Listening on {app.Urls.First()}"));
        return app;
    }
}
