using System.Net;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Orleans.Configuration;
using ThreadGrains.Connections;
using ThreadGrains.Grains;
using ThreadGrains.Grains.Reports;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Ledger;
using ThreadGrains.Ledger.PostgreSql;
using ThreadGrains.Silo.GrainStorage;
using ThreadGrains.Telemetry;

namespace ThreadGrains.Silo.PostgreSql;

/// <summary>A silo that is one of many: membership, grain state and ledger are in one PostgreSQL database.</summary>
internal static class ClusterSilo
{
    /// <summary>
    /// How long a silo of a cluster finishes what it began. A post that was claimed just before has 10 s for its bytes,
    /// and then its result must still be written.
    /// </summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(15);

    /// <summary>Adds it. The database's schema is looked at, or brought to this version's, before anything starts.</summary>
    /// <exception cref="StartRefusedException">The settings contradict each other, or the database cannot be used.</exception>
    public static IHostApplicationBuilder AddClusterSilo(this IHostApplicationBuilder builder, StorageOptions storage)
    {
        var configuration = builder.Configuration;
        var orleans = configuration.GetSection("Orleans");
        if (configuration[$"{StorageOptions.Section}:{nameof(StorageOptions.Data)}"] is not null)
        {
            throw new StartRefusedException("ThreadGrains__Database and ThreadGrains__Data exclude each other: take one of them away.");
        }

        string database = ClusterDatabase.Checked(storage.Database);
        var tls = Tls(configuration);
        var endpoints = Endpoints(orleans.GetSection("Endpoints"));
        if (storage.Migrate)
        {
            PostgreSqlSchema.Upgrade(database);
        }
        else
        {
            PostgreSqlSchema.Require(database);
        }

        var ledger = Open(database, storage);
        var source = ClusterDatabase.Source(database);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => source);
        builder.Services.AddSingleton<ILedger>(services =>
        {
            ledger.Committed = services.GetRequiredService<LedgerMetrics>().Committed;
            return ledger;
        });
        builder.Services.AddSingleton<IStoredInstallations>(new StoredInstallations(source));
        builder.Services.AddThreadGrains(configuration);
        builder.Services.AddThreadGrainsTelemetry(configuration);
        builder.Services.AddHostedService<DrainFirst>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime);
        builder.UseOrleans(silo => silo
            .AddClusterMember(orleans, source, endpoints)
            .UseTls(tls)
            .AddActivityPropagation()
            .AddPostgreSqlGrainStorage(source));
        return builder;
    }

    /// <summary>Membership by the database, and where this silo is reached.</summary>
    internal static ISiloBuilder AddClusterMember(
        this ISiloBuilder silo, IConfigurationSection orleans, NpgsqlDataSource source, (IPAddress Address, int Silo, int Gateway) endpoints)
    {
        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = ClusterDatabase.Invariant;
            options.DataSource = source;
        });
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ServiceId = ClusterIdentity.ServiceId;
            cluster.ClusterId = ClusterIdentity.ClusterId(orleans["ClusterId"]);
        });
        // Orleans listens where it advertises, unless the section names listening endpoints.
        silo.Configure<EndpointOptions>(options => (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = endpoints);
        return silo.UseOurSettings(orleans);
    }

    /// <summary>TLS on every connection of the silo, where certificates are configured.</summary>
    private static ISiloBuilder UseTls(this ISiloBuilder silo, MutualTls? tls) => tls is null ? silo : silo.Configure<SiloConnectionOptions>(connections =>
    {
        connections.ConfigureSiloInboundConnection(tls.UseAsServer);
        connections.ConfigureSiloOutboundConnection(tls.UseAsClient);
        connections.ConfigureGatewayInboundConnection(tls.UseAsServer);
    });

    private static MutualTls? Tls(IConfiguration configuration)
    {
        try
        {
            return MutualTls.Of(configuration);
        }
        catch (SettingRefusedException problem)
        {
            throw new StartRefusedException(problem.Message, problem);
        }
    }

    /// <summary>Grain state in the database, through one pool.</summary>
    internal static ISiloBuilder AddPostgreSqlGrainStorage(this ISiloBuilder silo, NpgsqlDataSource source) =>
        silo.AddGrainState(
            options =>
            {
                options.Invariant = ClusterDatabase.Invariant;
                options.DataSource = source;
            },
            source,
            isShared: true);

    /// <summary>Both ports are unauthenticated RPC: loopback unless another address is named.</summary>
    internal static (IPAddress Address, int Silo, int Gateway) Endpoints(IConfigurationSection endpoints)
    {
        var address = IPAddress.Loopback;
        if (endpoints[nameof(EndpointOptions.AdvertisedIPAddress)] is { } text
            && (!IPAddress.TryParse(text, out address!) || IPAddress.Any.Equals(address) || IPAddress.IPv6Any.Equals(address)))
        {
            throw new StartRefusedException($"Orleans__Endpoints__AdvertisedIPAddress must be the IP address at which the other silos and the gateways reach this one, not '{text}'.");
        }

        // Many silos may share a machine's loopback; an address that others know has the ports that they expect.
        var defaults = IPAddress.IsLoopback(address) ? LoopbackPorts.Choose(2) : [EndpointOptions.DEFAULT_SILO_PORT, EndpointOptions.DEFAULT_GATEWAY_PORT];
        return (
            address,
            endpoints.GetValue(nameof(EndpointOptions.SiloPort), defaults[0]),
            endpoints.GetValue(nameof(EndpointOptions.GatewayPort), defaults[1]));
    }

    private static PostgreSqlLedger Open(string database, StorageOptions storage)
    {
        try
        {
            return PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = database, AllowUnsafeCommits = storage.AllowUnsafeCommits });
        }
        catch (LedgerUnavailableException problem)
        {
            throw new StartRefusedException(problem.Message, problem);
        }
    }
}
