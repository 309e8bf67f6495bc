using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using ThreadGrains.Grains;
using ThreadGrains.Grains.Reports;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Silo.GrainStorage;
using ThreadGrains.Silo.PostgreSql;
using ThreadGrains.Telemetry;

namespace ThreadGrains.Silo;

/// <summary>Composes a silo: Orleans, the storage of grain state, the ledger and the grains.</summary>
public static class SiloHosting
{
    /// <summary>The longest that any process with a silo takes to stop: who starts one should not kill it before.</summary>
    public static TimeSpan LongestDrainTime => ClusterSilo.DrainTime;

    /// <summary>How long a process that was asked to stop finishes what it began.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Adds a silo: a member of the cluster on <c>ThreadGrains:Database</c> where that is given, else one that stands alone,
    /// with its databases in the folder <c>ThreadGrains:Data</c>. The folder is claimed and the databases are brought to this
    /// version's schema here, before anything starts, so that what is wrong is said at once.
    /// </summary>
    /// <exception cref="StartRefusedException">The folder is held or unwritable, or a database cannot be used or is of a newer version.</exception>
    public static IHostApplicationBuilder AddThreadGrainsSilo(this IHostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        return string.IsNullOrWhiteSpace(storage.Database) ? builder.AddEmbeddedSilo(storage) : builder.AddClusterSilo(storage);
    }

    private static IHostApplicationBuilder AddEmbeddedSilo(this IHostApplicationBuilder builder, StorageOptions storage)
    {
        var configuration = builder.Configuration;
        var folder = DataFolder.Claim(storage.Data);
        string grainState = folder.PathOf(EmbeddedDatabases.GrainsFile);
        var ledger = Prepare(folder);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => folder);
        builder.Services.AddSingleton<ILedger>(services =>
        {
            // The container disposes in reverse order of making: first the ledger, then the folder's lock.
            services.GetRequiredService<DataFolder>();
            ledger.Committed = services.GetRequiredService<LedgerMetrics>().Committed;
            return ledger;
        });
        builder.Services.AddSingleton<IStoredInstallations>(_ => SqliteGrainStorage.Installations(grainState));
        builder.Services.AddThreadGrains(configuration);
        builder.Services.AddThreadGrainsTelemetry(configuration);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTime);
        builder.UseOrleans(silo => silo
            .AddLocalSilo(configuration.GetSection("Orleans"))
            .AddActivityPropagation()
            .AddSqliteGrainStorage(grainState));
        return builder;
    }

    private static SqliteLedger Prepare(DataFolder folder)
    {
        try
        {
            return EmbeddedDatabases.Open(folder.Path, TimeProvider.System);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    internal static ISiloBuilder AddLocalSilo(this ISiloBuilder silo, IConfigurationSection orleans)
    {
        // Both ports are unauthenticated RPC: UseLocalhostClustering advertises and listens on loopback only.
        var free = LoopbackPorts.Choose(2);
        silo.UseLocalhostClustering(
            siloPort: orleans.GetValue("Endpoints:SiloPort", free[0]),
            gatewayPort: orleans.GetValue("Endpoints:GatewayPort", free[1]),
            serviceId: ClusterIdentity.ServiceId,
            clusterId: ClusterIdentity.ClusterId(orleans["ClusterId"]));
        return silo.UseOurSettings(orleans);
    }

    /// <summary>What differs from Orleans' defaults, and why; each can be configured.</summary>
    internal static ISiloBuilder UseOurSettings(this ISiloBuilder silo, IConfigurationSection orleans)
    {
        // Measured with three silos: a killed one is replaced in under 5 s, a frozen one in under 12 s, and eight busy
        // loops on two cores for 25 s raised no false alarm. The defaults take 30 s and over 60 s: a call in flight to a
        // dead silo waits out the whole ResponseTimeout, and a death vote is held back for MaxProbeTimeout times the limit.
        silo.Set<ClusterMembershipOptions>(orleans.GetSection("Membership"), membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            membership.NumMissedProbesLimit = 3;
            membership.NumVotesForDeathDeclaration = 2;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        });
        silo.Set<SiloMessagingOptions>(orleans.GetSection("Messaging"), messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));

        // About 4 KB an idle group. A group with work due keeps itself active, so this bounds memory, not delivery.
        silo.Set<GrainCollectionOptions>(orleans.GetSection("GrainCollection"), collection => collection.CollectionAge = TimeSpan.FromMinutes(15));

        // Activation repartitioning and rebalancing are opt-in in Orleans, and stay off: moving a group costs an epoch and
        // a wait for its posts in flight, and buys nothing while its work is Slack's answers.
        return silo;
    }

    /// <summary>Our default first, then what configuration says.</summary>
    private static void Set<TOptions>(this ISiloBuilder silo, IConfigurationSection section, Action<TOptions> ours)
        where TOptions : class =>
        silo.Configure<TOptions>(options =>
        {
            ours(options);
            section.Bind(options);
        });
}
