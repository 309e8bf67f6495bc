using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Connections;

/// <summary>What the operator is told when a program cannot start by its settings: a line for each problem.</summary>
public static partial class SettingProblems
{
    private const string Lead = "bad configuration: ";

    /// <summary>Explains why a start failed.</summary>
    /// <param name="problem">What was thrown.</param>
    /// <param name="own">The program's own line for an exception; null: it has none.</param>
    /// <returns>The lines; empty: it is a defect of ours, or not to be explained by settings alone, and its stack is to be shown.</returns>
    public static IReadOnlyList<string> Explain(Exception problem, Func<Exception, string?> own)
    {
        if (own(problem) is { } line)
        {
            return [OneLine(line)];
        }

        return problem switch
        {
            SettingRefusedException refused => [OneLine(refused.Message)],
            OptionsValidationException invalid => [.. invalid.Failures.Select(failure => OneLine(Lead + failure))],
            // Where a value is not of its setting's type.
            InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } unreadable => [Lead + Unreadable(unreadable.Message)],
            FormatException { Source: "Microsoft.AspNetCore.Http" } => [Lead + "ASPNETCORE_URLS must hold addresses such as http://127.0.0.1:5080, separated by semicolons."],
            AggregateException several when several.InnerExceptions.Select(inner => Explain(inner, own)).ToList() is var lines && lines.TrueForAll(some => some.Count > 0) =>
                [.. lines.SelectMany(some => some)],
            _ => [],
        };
    }

    /// <summary>The binder's message quotes the value, which may be a secret in the wrong place.</summary>
    private static string Unreadable(string message) => Place().Match(message) is { Success: true } place
        ? $"{place.Groups["setting"].Value} cannot be read as {place.Groups["type"].Value}; see docs/configuration.md."
        : "a setting is not of its type; see docs/configuration.md.";

    [GeneratedRegex(" at '(?<setting>[^']+)' to type '(?:[^']*\\.)?(?<type>[^'.]+)'", RegexOptions.RightToLeft)]
    private static partial Regex Place();

    /// <summary>A message may quote a value, and a value may hold line breaks.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
