using System.Diagnostics;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>One line of the doctor's report, with its advice.</summary>
internal sealed record DoctorLine(string Verdict, string What, string Detail, string Mend);

/// <summary>One run of <c>./run doctor</c>, as an operator makes it.</summary>
internal sealed record DoctorVisit(int ExitCode, string Output, string Errors, IReadOnlyList<DoctorLine> Lines)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static async Task<DoctorVisit> Make(string folder, IReadOnlyDictionary<string, string> settings, params string[] flags)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "run"))
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["doctor", "--data", folder, .. flags])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var run = Process.Start(start)!;
        var output = run.StandardOutput.ReadToEndAsync();
        var errors = run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync().WaitAsync(Patience);
        return new DoctorVisit(run.ExitCode, await output, await errors, Read(await output));
    }

    /// <summary>The one line of that subject, by its whole name or how it begins; fails with the whole report.</summary>
    public DoctorLine Of(string what)
    {
        var lines = Lines.Where(line => line.What == what).ToList();
        if (lines.Count == 0)
        {
            lines = [.. Lines.Where(line => line.What.StartsWith(what, StringComparison.Ordinal))];
        }

        Assert.True(lines.Count == 1, $"{lines.Count} lines begin with '{what}':\n{Output}\n{Errors}");
        return lines[0];
    }

    /// <summary>That this was found, with this advice, and that it decided the exit code.</summary>
    public void Fails(string what, string detail, string mend)
    {
        Found("FAIL", what, detail, mend);
        Assert.Equal(1, ExitCode);
    }

    public void Warns(string what, string detail, string mend) => Found("warn", what, detail, mend);

    public void Skips(string what, string because) => Found("skip", what, because, "");

    public void IsWell(string what) => Assert.True(Of(what).Verdict == "ok", Output);

    private void Found(string verdict, string what, string detail, string mend)
    {
        Assert.True(
            Lines.Any(line => line.Verdict == verdict && line.What.StartsWith(what, StringComparison.Ordinal)
                && line.Detail.Contains(detail, StringComparison.Ordinal) && line.Mend.Contains(mend, StringComparison.Ordinal)),
            $"not found: {verdict} {what} - {detail}, mend: {mend}\n{Output}\n{Errors}");
    }

    private static List<DoctorLine> Read(string output)
    {
        const string mend = "      mend: ";
        var lines = new List<DoctorLine>();
        foreach (string line in output.Split('\n'))
        {
            if (line.StartsWith(mend, StringComparison.Ordinal))
            {
                lines[^1] = lines[^1] with { Mend = line[mend.Length..] };
            }
            else if (line.Split("  - ", 2) is [var head, var detail])
            {
                lines.Add(new DoctorLine(head[..4].Trim(), head[4..].Trim(), detail, ""));
            }
        }

        return lines;
    }
}
