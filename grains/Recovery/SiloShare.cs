namespace ThreadGrains.Grains.Recovery;

/// <summary>The part of all groups that falls to this silo: bucket % live silos = its place in their sorted list.</summary>
/// <param name="Live">The live silos, this one among them, by name.</param>
/// <param name="Place">This silo's place, from 0.</param>
internal sealed record SiloShare(IReadOnlyList<string> Live, int Place)
{
    /// <summary>As membership has it at this moment; two silos that see it differently share badly for a while, and miss nothing for good.</summary>
    public static SiloShare Of(ISiloStatusOracle silos, ILocalSiloDetails self)
    {
        return Of(silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => silo.ToParsableString()), self.SiloAddress.ToParsableString());
    }

    /// <param name="live">The silos that are alive, as far as is known; this one counts as one of them in any case.</param>
    /// <param name="self">This silo.</param>
    public static SiloShare Of(IEnumerable<string> live, string self)
    {
        List<string> sorted = [.. live.Append(self).Distinct().Order(StringComparer.Ordinal)];
        return new SiloShare(sorted, sorted.IndexOf(self));
    }
}
