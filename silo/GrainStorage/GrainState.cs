using System.Data.Common;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Metadata;
using Orleans.Providers;
using Orleans.Storage;
using ThreadGrains.Grains.Organizations;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>Grain state through Orleans' AdoNet provider, in whichever database.</summary>
internal static class GrainState
{
    /// <summary>The provider's name. States that name no provider go there too.</summary>
    public const string ProviderName = "grains";

    /// <summary>The name of Orleans' own provider, which reads some keys as numbers: no grain may name it.</summary>
    public const string RowsName = "rows";

    /// <summary>Adds the provider.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">Says to Orleans where the database is.</param>
    /// <param name="database">The same database.</param>
    /// <param name="isShared">Whether other silos use the database too.</param>
    public static ISiloBuilder AddGrainState(this ISiloBuilder silo, Action<AdoNetGrainStorageOptions> options, DbDataSource database, bool isShared)
    {
        silo.Services.AddSingleton<SystemTextJsonGrainStorageSerializer>();
        silo.AddAdoNetGrainStorage(RowsName, storage => storage.Configure<SystemTextJsonGrainStorageSerializer>((rows, serializer) =>
        {
            options(rows);
            // Plain documents without type names: readable by SQL, and a renamed class still reads its state.
            rows.GrainStorageSerializer = serializer;
        }));
        silo.Services.AddSingleton<IGrainPropertiesProvider, SilosThatMove>();
        silo.Services.AddSingleton(services => new FormerRows(
            database, services.GetRequiredService<IOptions<OrganizationOptions>>().Value.Organization, () => !isShared || SilosAgree(services)));
        silo.Services.AddKeyedSingleton<IGrainStorage>(ProviderName, (services, _) => new TextKeyStorage(
            services.GetRequiredKeyedService<IGrainStorage>(RowsName), services.GetRequiredService<FormerRows>(), services.GetRequiredService<ILogger<TextKeyStorage>>()));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => new FormerOrganizationRow(
            services.GetRequiredKeyedService<IGrainStorage>(ProviderName), services.GetRequiredService<FormerRows>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<FormerOrganizationRow>>()));
        silo.Services.AddKeyedSingleton(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (services, _) => services.GetRequiredKeyedService<IGrainStorage>(ProviderName));
        silo.Services.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(ProviderName));
        return silo;
    }

    private static bool SilosAgree(IServiceProvider services) => SilosThatMove.AreAll(
        services.GetRequiredService<ISiloStatusOracle>().GetApproximateSiloStatuses(), services.GetRequiredService<IClusterManifestProvider>().Current.Silos);
}
