using Orleans.Metadata;

namespace ThreadGrains.Silo.GrainStorage;

/// <summary>
/// Whether every silo of a cluster reads grain state under <see cref="RowKey"/>. Each says so in the description of its grains,
/// which Orleans gives to all others; a former version does not.
/// </summary>
internal sealed class SilosThatMove : IGrainPropertiesProvider
{
    private const string Property = "threadgrains.row-keys";

    /// <inheritdoc/>
    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties) => properties[Property] = "text";

    /// <summary>Whether all do. A silo whose description is not here yet counts as one of a former version.</summary>
    /// <param name="silos">The silos that somebody knows of, and their state.</param>
    /// <param name="descriptions">Of those that have given one.</param>
    public static bool AreAll(IReadOnlyDictionary<SiloAddress, SiloStatus> silos, IReadOnlyDictionary<SiloAddress, GrainManifest> descriptions) =>
        silos.Where(silo => silo.Value is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .All(silo => descriptions.TryGetValue(silo.Key, out var description) && description.Grains.Values.Any(grain => grain.Properties.ContainsKey(Property)));
}
