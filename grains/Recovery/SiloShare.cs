namespace ThreadGrains.Grains.Recovery;

/// <summary>The part of all groups that falls to this silo: bucket % live silos = its place in their sorted list (design 5.6).</summary>
/// <param name="Live">The live silos, this one among them, by name.</param>
/// <param name="Place">This silo's place, from 0.</param>
internal sealed record SiloShare(IReadOnlyList<string> Live, int Place)
{
    /// <summary>As membership has it at this moment; two silos that see it differently share badly for a while, and miss nothing for good.</summary>
    public static SiloShare Of(ISiloStatusOracle silos, ILocalSiloDetails self)
    {
        string own = self.SiloAddress.ToParsableString();
        List<string> live = [.. silos.GetApproximateSiloStatuses(onlyActive: true).Keys.Select(silo => silo.ToParsableString()).Append(own)
            .Distinct().Order(StringComparer.Ordinal)];
        return new SiloShare(live, live.IndexOf(own));
    }
}
