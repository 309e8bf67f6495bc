using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ThreadGrains.SlackEmulator.Workspaces;

/// <summary>Ids of the emulated Slack. They follow from what they name, so that the same options and folder give the same ids.</summary>
internal static partial class SlackIds
{
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private const int Length = 10;

    public static string Derive(string prefix, string of)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(prefix + ":" + of));
        return prefix + string.Create(Length, hash, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = Alphabet[bytes[i] % Alphabet.Length];
        });
    }

    /// <summary>The bot token of a workspace for which none was configured. Found by <c>GET /emulator/workspaces</c>.</summary>
    public static string BotToken(string team) =>
        "xoxb-" + team + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("bot token of " + team)))[..24];

    [GeneratedRegex("^[TE][A-Z0-9]{1,63}$")]
    public static partial Regex Team { get; }

    [GeneratedRegex("^[UW][A-Z0-9]{1,63}$")]
    public static partial Regex Person { get; }

    [GeneratedRegex("^[CG][A-Z0-9]{1,63}$")]
    public static partial Regex Channel { get; }
}
