using System.Security.Cryptography;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// The key that one data folder's stored tokens are encrypted with: made once, kept in <c>encryption.key</c> for its owner
/// alone. It is not derived from another secret of the folder (an API key is handed to trackers), and backups do not hold it.
/// </summary>
internal sealed class EncryptionKey
{
    private const int Bytes = 32;

    private EncryptionKey(byte[] key)
    {
        // Another key has another id: what a lost one encrypted is then known to be under a lost one.
        Id = $"local-{Convert.ToHexStringLower(SHA256.HashData(key))[..8]}";
        Base64 = Convert.ToBase64String(key);
    }

    /// <summary>How what it encrypted names it.</summary>
    public string Id { get; }

    /// <summary>The secret.</summary>
    public string Base64 { get; }

    /// <summary>The folder's key; made now if it has none.</summary>
    /// <exception cref="StartRefusedException">The file is there and holds no key, or cannot be read.</exception>
    public static EncryptionKey Of(string folder)
    {
        string path = Path.Combine(folder, "encryption.key");
        try
        {
            PrivateFile.CreateIfMissing(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)) + "\n");
            return Convert.FromBase64String(File.ReadAllText(path).Trim()) is { Length: Bytes } key ? new EncryptionKey(key) : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new StartRefusedException($"{path} is damaged; restore it, or remove it to have a new key made (tokens that were put by API must then be put again).");
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{path} cannot be read by this user.");
        }
    }
}
