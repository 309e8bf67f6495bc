using System.Text.RegularExpressions;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>PostgreSQL's own form of parameters: by number. The statements name them.</summary>
internal static partial class Positional
{
    /// <summary>The text with numbers, and the names in the order of the numbers.</summary>
    public static (string Text, string[] Names) Of(string sql)
    {
        var names = new List<string>();
        string text = Name().Replace(sql, match =>
        {
            int index = names.IndexOf(match.Value);
            if (index < 0)
            {
                index = names.Count;
                names.Add(match.Value);
            }

            return $"${index + 1}";
        });
        return (text, [.. names]);
    }

    [GeneratedRegex("@[a-zA-Z]+")]
    private static partial Regex Name();
}
