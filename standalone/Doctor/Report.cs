using System.Text.Encodings.Web;
using System.Text.Json;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>How findings are printed. Whatever stands in them, a token in it is cut down to its kind.</summary>
internal static class Report
{
    // For terminals and jq, not for HTML.
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Line(Finding finding) => SlackRedaction.Redact(
        $"{Word(finding.Verdict),-4}  {finding.What}  - {finding.Detail}{(finding.Mend is null ? "" : $"\n      mend: {finding.Mend}")}");

    public static string Json(IEnumerable<Finding> findings) => SlackRedaction.Redact(JsonSerializer.Serialize(
        findings.Select(finding => new { verdict = Word(finding.Verdict), what = finding.What, detail = finding.Detail, mend = finding.Mend }), Format));

    public static string Summary(IReadOnlyCollection<Finding> findings)
    {
        int failed = findings.Count(finding => finding.Verdict == Verdict.Fail);
        int warned = findings.Count(finding => finding.Verdict == Verdict.Warn);
        return failed == 0
            ? warned == 0 ? "All is well." : $"Nothing failed; {warned} to look at."
            : $"{failed} failed; {warned} more to look at.";
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Ok => "ok",
        Verdict.Warn => "warn",
        Verdict.Fail => "FAIL",
        Verdict.Skip => "skip",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
