using ThreadGrains.Connections;
using ThreadGrains.Silo;
using ThreadGrains.WebhookGateway;

namespace ThreadGrains.Standalone;

/// <summary>Silo and gateway in one process.</summary>
internal static class StandaloneHosting
{
    /// <summary>Where Kestrel listens unless <c>ASPNETCORE_URLS</c> or <c>Kestrel__Endpoints</c> say otherwise. Loopback: keys and clicks travel in the clear here.</summary>
    public const int DefaultPort = 5080;

    /// <exception cref="StartRefusedException">The port is in use, the data folder refuses, or a cluster's database is named.</exception>
    public static WebApplication Build(string[] args)
    {
        // The settings beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Prepare();
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls($"http://127.0.0.1:{DefaultPort}");
        }

        if (!string.IsNullOrWhiteSpace(builder.Configuration["ThreadGrains:Database"]))
        {
            throw new StartRefusedException("ThreadGrains__Database is for threadgrains-silo and threadgrains-gateway; this program keeps its data in ThreadGrains__Data. Take it away, or start those two.");
        }

        ListeningPort.RequireFree(builder.Configuration[WebHostDefaults.ServerUrlsKey]);
        builder.Services.AddEndWithLauncher();
        builder.AddThreadGrainsSilo();
        builder.Services.AddWebhookGateway(builder.Configuration);

        var app = builder.Build();
        app.MapWebhookGateway();
        return app;
    }
}
