using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// The secrets and names of one data folder: made once, kept in <c>secrets.json</c> for its owner alone, the same at every
/// later start. The Slack ones are the emulator's; a real workspace's come from configuration.
/// </summary>
/// <param name="ApiKeySecret">The 43 characters at the end of an API key: 32 random bytes.</param>
/// <param name="SigningSecret">Signs the emulator's webhooks; 32 hex digits, as Slack's.</param>
/// <param name="BotToken">Our bot's token at the emulator.</param>
/// <param name="AppId">Our app.</param>
/// <param name="Workspace">The emulator's first team.</param>
/// <param name="Channel">Its channel for alerts.</param>
/// <param name="User">A person in it.</param>
internal sealed record LocalSecrets(
    string ApiKeySecret, string SigningSecret, string BotToken, string AppId, string Workspace, string Channel, string User)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The folder's secrets; made now if it has none.</summary>
    /// <exception cref="StartRefusedException">The file is there and cannot be read.</exception>
    public static LocalSecrets Of(string folder)
    {
        string path = Path.Combine(folder, "secrets.json");
        try
        {
            // Two starts at once: both may make secrets, the file of the first one stays, and both read it.
            PrivateFile.CreateIfMissing(path, JsonSerializer.Serialize(Create(), Format));
            return JsonSerializer.Deserialize<LocalSecrets>(File.ReadAllText(path), Format) is { SigningSecret: not null, ApiKeySecret: not null } secrets
                ? secrets
                : throw new JsonException("a field is missing");
        }
        catch (JsonException)
        {
            throw new StartRefusedException($"{path} is damaged; restore it, or remove it to have new secrets made.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{path} cannot be read by this user.");
        }
    }

    public string ApiKey(string organization) => $"tg_{organization}_{ApiKeySecret}";

    /// <summary>Follows from the secret that the folder has already: folders of before the cluster need nothing added.</summary>
    public string DatabasePassword() => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(ApiKeySecret), "threadgrains.postgresql"u8));

    /// <summary>Nothing of it: a record would otherwise print its members.</summary>
    public override string ToString() => nameof(LocalSecrets);

    private static LocalSecrets Create() => new(
        ApiKeySecret: Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
        SigningSecret: RandomNumberGenerator.GetHexString(32, lowercase: true),
        BotToken: $"xoxb-{Digits(12)}-{Digits(12)}-{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24)}",
        AppId: SlackId('A'), Workspace: SlackId('T'), Channel: SlackId('C'), User: SlackId('U'));

    private static string SlackId(char kind) => $"{kind}0{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 9)}";

    private static string Digits(int count) => RandomNumberGenerator.GetString("123456789", count);
}
