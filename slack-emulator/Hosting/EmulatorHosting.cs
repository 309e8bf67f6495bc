using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using ThreadGrains.SlackEmulator.Faults;
using ThreadGrains.SlackEmulator.Inspection;
using ThreadGrains.SlackEmulator.Interactions;
using ThreadGrains.SlackEmulator.RateLimits;
using ThreadGrains.SlackEmulator.WebApi;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.Hosting;

/// <summary>Composes the emulator: what it consists of and where each part is reached.</summary>
internal static class EmulatorHosting
{
    /// <summary>Larger bodies are refused. Slack's own limit is not published; bolt-js reads 4 MiB.</summary>
    private const long MaximalBody = 4 * 1024 * 1024;

    /// <exception cref="IOException">The data folder cannot be used.</exception>
    /// <exception cref="InvalidDataException">The log in it is damaged.</exception>
    public static WebApplication Build(EmulatorOptions options, TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaximalBody;
            // A caller that was frozen in the middle of a body may go on later: bytes that arrive late are one of the things to show.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Parse(options.Bind), options.Port);
        });
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Services.AddRoutingCore();
        builder.Services
            .AddSingleton(options)
            .AddSingleton(clock)
            .AddSingleton<LiveStream>()
            .AddSingleton<CallLog>()
            .AddSingleton<FaultPlan>()
            .AddSingleton<RateLimiter>()
            .AddSingleton<RequestUrl>()
            .AddSingleton<EventDeliveries>()
            .AddSingleton<EventFeed>()
            .AddSingleton<Triggers>()
            .AddSingleton<ResponseUrls>()
            .AddSingleton<BlockActions>()
            .AddSingleton<EmulatedSlack>()
            .AddSlackWebApi();

        var emulator = builder.Build();
        emulator.Services.GetRequiredService<EmulatedSlack>();   // replays the log now: a folder that cannot be used stops the start
        emulator.UseMiddleware<BrokenRequests>();
        emulator.UseDefaultFiles();
        emulator.UseStaticFiles();
        emulator.UseRouting();
        emulator.MapSlackWebApi();
        emulator.MapResponseUrls();
        emulator.MapInspection();
        emulator.MapControls();
        return emulator;
    }

    /// <summary>Where a started server listens, as clients on this machine reach it.</summary>
    public static Uri AddressOf(IServer server)
    {
        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var address = new UriBuilder(bound);
        if (address.Host is "0.0.0.0" or "[::]") address.Host = "127.0.0.1";
        return new Uri(address.Uri.GetLeftPart(UriPartial.Authority));
    }
}
