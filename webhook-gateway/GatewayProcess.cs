using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using ThreadGrains.Connections;
using ThreadGrains.WebhookGateway.Clustering;

namespace ThreadGrains.WebhookGateway;

/// <summary>The gateway as a process of its own: an Orleans client of the cluster on <c>ThreadGrains:Database</c>.</summary>
internal static class GatewayProcess
{
    private const string Program = "threadgrains-gateway";

    /// <summary>Where Kestrel listens unless <c>ASPNETCORE_URLS</c> or <c>Kestrel__Endpoints</c> say otherwise. Loopback: keys and clicks travel in the clear here.</summary>
    private const int DefaultPort = 5080;

    /// <summary>How long requests that were begun may take to end after a stop was asked for.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs until a stop is asked for.</summary>
    /// <returns>0 then; 1 when it could not start.</returns>
    public static async Task<int> Run(string[] args)
    {
        try
        {
            await using var app = Build(args);
            // Before the host does it, which would log a stack trace beside our line.
            app.Services.GetService<IStartupValidator>()?.Validate();
            var life = app.Lifetime;
            try
            {
                await app.RunAsync();
            }
            catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested)
            {
                // Asked to stop while it waited for its first silo.
            }

            return 0;
        }
        catch (Exception problem) when (SettingProblems.Explain(problem, Own) is { Count: > 0 } lines)
        {
            foreach (string line in lines)
            {
                await Console.Error.WriteLineAsync($"{Program}: {line}");
            }

            return 1;
        }
    }

    private static WebApplication Build(string[] args)
    {
        // The settings beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Prepare();
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls($"http://127.0.0.1:{DefaultPort}");
        }

        builder.Services.Configure<HostOptions>(host =>
        {
            // Kestrel answers 503 while the client waits for its first silo.
            host.ServicesStartConcurrently = true;
            host.ShutdownTimeout = DrainTime;
        });
        builder.Services.AddEndWithLauncher();
        builder.AddClusterClient();
        builder.Services.AddHostedService<LeaveFirst>();
        builder.Services.AddWebhookGateway(builder.Configuration);

        var app = builder.Build();
        app.MapWebhookGateway();
        return app;
    }

    private static string? Own(Exception problem) => problem is IOException { InnerException: AddressInUseException } taken ? taken.Message : null;
}
