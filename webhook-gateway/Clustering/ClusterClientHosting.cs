using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using ThreadGrains.Connections;

namespace ThreadGrains.WebhookGateway.Clustering;

/// <summary>The way from a gateway process to the grains: an Orleans client that finds its silos in the cluster's membership table.</summary>
internal static class ClusterClientHosting
{
    private const string Setting = "ThreadGrains:Database";

    /// <summary>Adds it. It only reads, and only the membership table and Orleans' statements.</summary>
    /// <exception cref="OptionsValidationException">No database is named, or not by a connection string.</exception>
    public static void AddClusterClient(this WebApplicationBuilder builder)
    {
        var orleans = builder.Configuration.GetSection("Orleans");
        var source = Source(builder.Configuration[Setting]);
        var tls = Tls(builder.Configuration);
        builder.Services.AddSingleton(_ => source);
        builder.Services.AddSingleton<ClusterSight>();
        builder.Services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>>(services => services.GetRequiredService<ClusterSight>());
        builder.UseOrleansClient(client =>
        {
            client.UseAdoNetClustering(options =>
            {
                options.Invariant = "Npgsql";
                options.DataSource = source;
            });
            client.UseConnectionRetryFilter<PatientConnecting>();
            client.AddActivityPropagation();
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ServiceId = ClusterIdentity.ServiceId;
                cluster.ClusterId = ClusterIdentity.ClusterId(orleans["ClusterId"]);
            });
            client.Configure<Orleans.Configuration.GatewayOptions>(gateways =>
            {
                gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5);
                orleans.GetSection("Gateway").Bind(gateways);
            });
            client.Configure<ClientMessagingOptions>(messaging =>
            {
                // As long as a gateway waits for a grain (GatewayOptions.GrainPatience): what is not answered is asked again by GrainCalls.
                messaging.ResponseTimeout = TimeSpan.FromSeconds(5);
                orleans.GetSection("Messaging").Bind(messaging);
            });
            if (tls is not null)
            {
                client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(tls.UseAsClient));
            }
        });
    }

    private static MutualTls? Tls(IConfiguration configuration)
    {
        try
        {
            return MutualTls.Of(configuration);
        }
        catch (SettingRefusedException problem)
        {
            throw new OptionsValidationException(TlsOptions.Section, typeof(TlsOptions), [problem.Message]);
        }
    }

    private static NpgsqlDataSource Source(string? connectionString)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(connectionString) is { Host.Length: > 0, Database.Length: > 0 } good)
            {
                good.ApplicationName = "threadgrains gateway";
                good.Timeout = 3;
                good.CommandTimeout = 4;
                good.CancellationTimeout = 500;
                good.MaxPoolSize = 2;
                return NpgsqlDataSource.Create(good);
            }
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or OverflowException)
        {
            // Said below, without the library's words: they quote what could not be read, and that may be a password.
        }

        throw new OptionsValidationException(
            Setting, typeof(string),
            ["ThreadGrains__Database must be the connection string of the cluster's database, such as Host=db;Database=threadgrains;Username=gateway;Password=... with at least Host and Database."]);
    }
}
