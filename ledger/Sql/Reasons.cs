using System.Text;

namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// Reasons come from Slack and from exceptions. A result must never be lost for a character in its reason, so what cannot be
/// stored is replaced by U+FFFD, here and only here.
/// </summary>
internal static class Reasons
{
    public static string Storable(string reason) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(reason)).Replace('\0', '\uFFFD');
}
