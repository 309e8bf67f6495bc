namespace ThreadGrains.Workspaces;

/// <summary>The rotation of the key that stored tokens are encrypted with; key: 0.</summary>
[Alias("threadgrains.IInstallationKeysGrain"), GrainInterfaceType("threadgrains.IInstallationKeysGrain")]
public interface IInstallationKeysGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Encrypts every stored token with the first key anew that is not encrypted with it yet. It looks at the rows of the
    /// database themselves, so none is missed. To be repeated until it says that nothing is left.
    /// </summary>
    [Alias("Rotate")]
    Task<RotationReport> Rotate();
}

/// <summary>What a rotation found and did. It counts tokens of all organizations, because the keys are the deployment's.</summary>
/// <param name="Key">The id of the first key, which encrypts; null: none is configured, and nothing was done.</param>
/// <param name="Stored">How many stored tokens were looked at.</param>
/// <param name="Reencrypted">How many of them were encrypted anew now.</param>
/// <param name="Remaining">The other keys under which tokens still stand, with how many. None, and complete: they may go.</param>
/// <param name="IsComplete">False: there was no time for all of them; repeat it.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.RotationReport")]
public sealed record RotationReport(
    [property: Id(0)] string? Key, [property: Id(1)] int Stored, [property: Id(2)] int Reencrypted,
    [property: Id(3)] IReadOnlyList<KeyUse> Remaining, [property: Id(4)] bool IsComplete);

/// <summary>How many stored tokens a key encrypts.</summary>
/// <param name="Key">The key's id.</param>
/// <param name="Stored">How many.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.KeyUse")]
public sealed record KeyUse([property: Id(0)] string Key, [property: Id(1)] int Stored);
