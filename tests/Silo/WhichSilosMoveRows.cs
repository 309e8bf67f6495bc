using System.Collections.Immutable;
using System.Net;
using Orleans.Metadata;
using ThreadGrains.Silo.GrainStorage;

namespace ThreadGrains.Silo.Tests;

/// <summary>When a silo may move rows that former versions look for.</summary>
public sealed class WhichSilosMoveRows
{
    private static readonly SiloAddress One = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress Other = SiloAddress.New(IPAddress.Loopback, 2, 1);

    private static readonly GrainManifest Present = Describe(new SilosThatMove());
    private static readonly GrainManifest Former = Describe(null);

    [Fact]
    public void All_do_when_each_one_that_works_says_so() => Assert.True(AreAll((One, SiloStatus.Active, Present), (Other, SiloStatus.Active, Present)));

    [Theory]
    [InlineData(SiloStatus.Active)]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Stopping)]
    public void One_of_a_former_version_that_may_still_write_is_enough_to_wait(SiloStatus status) =>
        Assert.False(AreAll((One, SiloStatus.Active, Present), (Other, status, Former)));

    [Fact]
    public void One_that_has_not_described_itself_yet_is_waited_for() => Assert.False(AreAll((One, SiloStatus.Active, Present), (Other, SiloStatus.Active, null)));

    [Fact]
    public void One_that_is_gone_is_not_waited_for() => Assert.True(AreAll((One, SiloStatus.Active, Present), (Other, SiloStatus.Dead, null)));

    private static bool AreAll(params (SiloAddress Silo, SiloStatus Status, GrainManifest? Description)[] silos) => SilosThatMove.AreAll(
        silos.ToDictionary(silo => silo.Silo, silo => silo.Status),
        silos.Where(silo => silo.Description is not null).ToDictionary(silo => silo.Silo, silo => silo.Description!));

    private static GrainManifest Describe(SilosThatMove? version)
    {
        var properties = new Dictionary<string, string>();
        version?.Populate(typeof(NotebookGrain), GrainType.Create("notebook"), properties);
        return new GrainManifest(
            ImmutableDictionary<GrainType, GrainProperties>.Empty.Add(GrainType.Create("notebook"), new GrainProperties(properties.ToImmutableDictionary(StringComparer.Ordinal))),
            ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty);
    }
}
