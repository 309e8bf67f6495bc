namespace ThreadGrains.Grains.Secrets;

/// <summary>A token as it may be kept and sent from silo to silo: of no use to whoever lacks the key.</summary>
/// <param name="Key">The id of the key that encrypted it.</param>
/// <param name="Nonce">12 random bytes, other ones each time.</param>
/// <param name="Ciphertext">The encrypted token.</param>
/// <param name="Tag">16 bytes that tell whether anything of it, or where it belongs, was changed.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.SealedToken")]
public sealed record SealedToken(
    [property: Id(0)] string Key, [property: Id(1)] byte[] Nonce, [property: Id(2)] byte[] Ciphertext, [property: Id(3)] byte[] Tag);
