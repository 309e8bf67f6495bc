using ThreadGrains.Connections;
using ThreadGrains.Silo.PostgreSql;

namespace ThreadGrains.Silo;

/// <summary>A silo as a process of its own. Its HTTP listener tells how it is, and has nothing else.</summary>
internal static class SiloProcess
{
    /// <summary>Where Kestrel listens unless <c>ASPNETCORE_URLS</c> or <c>Kestrel__Endpoints</c> say otherwise.</summary>
    public const int DefaultPort = 5081;

    /// <exception cref="StartRefusedException">The port is in use, or the databases refuse.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = Builder(args);
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls($"http://127.0.0.1:{DefaultPort}");
        }

        ListeningPort.RequireFree(builder.Configuration[WebHostDefaults.ServerUrlsKey]);
        builder.Services.AddEndWithLauncher();
        builder.AddThreadGrainsSilo();
        builder.Services.AddSingleton<SiloHealth>();

        var app = builder.Build();
        app.MapSiloHealth();
        return app;
    }

    /// <summary>Brings the cluster's database to this version's schema, and ends.</summary>
    /// <exception cref="StartRefusedException">No database is named, or it cannot be used.</exception>
    public static async Task Migrate(string[] args)
    {
        var storage = Builder(args).Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        if (string.IsNullOrWhiteSpace(storage.Database))
        {
            throw new StartRefusedException("migrate is for a cluster's database: name it in ThreadGrains__Database. Embedded databases are migrated at start.");
        }

        PostgreSqlSchema.Upgrade(ClusterDatabase.Checked(storage.Database));
        await Console.Out.WriteLineAsync("The database has this version's schema.");
    }

    /// <summary>With the settings beside the program, wherever it is started from.</summary>
    private static WebApplicationBuilder Builder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Prepare();
        return builder;
    }
}
