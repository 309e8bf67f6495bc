using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>An API key, <c>tg_&lt;organization&gt;_&lt;43 characters of base64url&gt;</c>. Holds its hash, not the key, so that it can be printed nowhere.</summary>
internal sealed record ApiKey(string Organization, string Hash)
{
    private const string Prefix = "tg_";
    private const int SecretLength = 43; // 256 bits
    private const int MaxOrganizationLength = 40;

    private static readonly SearchValues<char> OrganizationCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> SecretCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Reads an Authorization header's values.</summary>
    /// <returns>Null: none, several, another scheme, or not of a key's form.</returns>
    public static ApiKey? Read(IReadOnlyList<string?> authorization)
    {
        const string scheme = "Bearer ";
        if (authorization is not [{ } header] || !header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string key = header[scheme.Length..].Trim(' ');

        // From the end, since base64url has underscores of its own.
        int organizationLength = key.Length - Prefix.Length - 1 - SecretLength;
        return organizationLength is >= 1 and <= MaxOrganizationLength
            && key.StartsWith(Prefix, StringComparison.Ordinal)
            && key[Prefix.Length + organizationLength] == '_'
            && !key.AsSpan(Prefix.Length, organizationLength).ContainsAnyExcept(OrganizationCharacters)
            && !key.AsSpan(key.Length - SecretLength).ContainsAnyExcept(SecretCharacters)
            ? new ApiKey(key.Substring(Prefix.Length, organizationLength), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))))
            : null;
    }

    /// <summary>Whether it is one of the keys with these hashes. All are compared, in constant time.</summary>
    public bool IsOneOf(IReadOnlyList<string> hashes)
    {
        byte[] own = Encoding.ASCII.GetBytes(Hash);
        bool found = false;
        foreach (string hash in hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(own, Encoding.UTF8.GetBytes(hash));
        }

        return found;
    }
}
