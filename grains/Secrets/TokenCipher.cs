using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Secrets;

/// <summary>Where a sealed token belongs. In another place it does not open, so that a row copied there is of no use.</summary>
/// <param name="Workspace">Slack's team id.</param>
/// <param name="Organization">The organization that the workspace is bound to.</param>
internal readonly record struct TokenPlace(string Workspace, string Organization)
{
    /// <summary>What the tag covers besides the token. Neither part can hold a slash.</summary>
    public byte[] AssociatedData() => Encoding.UTF8.GetBytes($"threadgrains.installation/{Workspace}/{Organization}");
}

/// <summary>What came of opening a sealed token.</summary>
internal abstract record OpenedToken
{
    private OpenedToken()
    {
    }

    /// <summary>Here it is.</summary>
    public sealed record Readable(SlackToken Token) : OpenedToken;

    /// <summary>No key of its id is configured here.</summary>
    public sealed record KeyMissing : OpenedToken;

    /// <summary>The key of that id is another one, or the row was changed or belongs elsewhere.</summary>
    public sealed record Damaged : OpenedToken;
}

/// <summary>
/// Encrypts tokens with AES-256-GCM (NIST SP 800-38D) under the first configured key, and opens what any configured key
/// encrypted. Nonces are drawn: after 2^32 tokens under one key two might meet, which no deployment comes near.
/// </summary>
internal sealed class TokenCipher
{
    /// <summary>AES-256.</summary>
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly Dictionary<string, byte[]> _keys;

    public TokenCipher(IOptions<SecretsOptions> options)
    {
        _keys = options.Value.Keys.ToDictionary(key => key.Id, key => Convert.FromBase64String(key.Key), StringComparer.Ordinal);
        CurrentKey = options.Value.Keys.FirstOrDefault()?.Id;
    }

    /// <summary>The id of the key that encrypts; null: none is configured.</summary>
    public string? CurrentKey { get; }

    /// <exception cref="InvalidOperationException">No key is configured.</exception>
    public SealedToken Seal(TokenPlace place, string token)
    {
        byte[] secret = Encoding.UTF8.GetBytes(token);
        try
        {
            return Seal(place, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public OpenedToken Open(TokenPlace place, SealedToken closed)
    {
        var (secret, failure) = Decrypt(place, closed);
        if (secret is null)
        {
            return failure!;
        }

        try
        {
            return new OpenedToken.Readable(new SlackToken(Encoding.UTF8.GetString(secret)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The same token under the key that encrypts now; null: it does not open here.</summary>
    public SealedToken? Reseal(TokenPlace place, SealedToken closed)
    {
        var (secret, _) = Decrypt(place, closed);
        if (secret is null)
        {
            return null;
        }

        try
        {
            return Seal(place, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private SealedToken Seal(TokenPlace place, ReadOnlySpan<byte> secret)
    {
        string id = CurrentKey ?? throw new InvalidOperationException("No encryption key is configured.");
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        byte[] ciphertext = new byte[secret.Length];
        byte[] tag = new byte[TagBytes];
        using var aes = new AesGcm(_keys[id], TagBytes);
        aes.Encrypt(nonce, secret, ciphertext, tag, place.AssociatedData());
        return new SealedToken(id, nonce, ciphertext, tag);
    }

    private (byte[]? Secret, OpenedToken? Failure) Decrypt(TokenPlace place, SealedToken closed)
    {
        if (!_keys.TryGetValue(closed.Key, out byte[]? key))
        {
            return (null, new OpenedToken.KeyMissing());
        }

        if (closed.Nonce.Length != NonceBytes || closed.Tag.Length != TagBytes)
        {
            return (null, new OpenedToken.Damaged());
        }

        byte[] secret = new byte[closed.Ciphertext.Length];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(closed.Nonce, closed.Ciphertext, closed.Tag, secret, place.AssociatedData());
            return (secret, null);
        }
        catch (AuthenticationTagMismatchException)
        {
            return (null, new OpenedToken.Damaged());
        }
    }
}
