using Orleans.Configuration;
using Orleans.Providers;
using Orleans.Storage;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>Grain state through Orleans' AdoNet provider, in whichever database.</summary>
internal static class GrainState
{
    /// <summary>The provider's name. States that name no provider go there too.</summary>
    public const string ProviderName = "grains";

    /// <summary>Adds the provider.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="database">Says where it is.</param>
    public static ISiloBuilder AddGrainState(this ISiloBuilder silo, Action<AdoNetGrainStorageOptions> database)
    {
        silo.Services.AddSingleton<SystemTextJsonGrainStorageSerializer>();
        silo.AddAdoNetGrainStorage(ProviderName, storage => storage.Configure<SystemTextJsonGrainStorageSerializer>((options, serializer) =>
        {
            database(options);
            // Plain documents without type names: readable by SQL, and a renamed class still reads its state.
            options.GrainStorageSerializer = serializer;
        }));
        silo.Services.AddKeyedSingleton(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (services, _) => services.GetRequiredKeyedService<IGrainStorage>(ProviderName));
        silo.Services.AddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(ProviderName));
        return silo;
    }
}
