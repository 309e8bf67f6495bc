using System.Reflection;
using System.Text.RegularExpressions;
using ThreadGrains.CrashPoints.Running;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>docs/semantics.md promises a test for each row; what it names has to be there, and what is here has to be named.</summary>
public sealed partial class TheCrashTable
{
    private static readonly string[] Rows = RowsOf(File.ReadAllLines(Path.Combine(RunningProgram.Repository, "docs", "semantics.md")));

    [Fact]
    public void Every_row_names_a_test_that_exists()
    {
        string tests = string.Concat(Directory.EnumerateFiles(Path.Combine(RunningProgram.Repository, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.NotEmpty(Rows);
        Assert.All(Rows, row =>
        {
            var named = Sentences().Matches(row.Split('|')[^2]).Select(name => name.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Matches($@"public (async )?(Task|void) {name}\(\)", tests));
        });
    }

    [Fact]
    public void Every_crash_that_is_played_stands_in_a_row()
    {
        var played = typeof(TheCrashTable).Assembly.GetTypes().Where(type => type.IsPublic)
            .SelectMany(type => type.GetMethods().Where(method => method.ReturnType == typeof(Task) && method.GetCustomAttribute<FactAttribute>() is not null))
            .Select(method => method.Name).ToList();

        Assert.NotEmpty(played);
        Assert.All(played, name => Assert.Contains(Rows, row => row.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    /// <summary>The lines of the table below the heading, without its head.</summary>
    private static string[] RowsOf(IEnumerable<string> lines) =>
        [.. lines.SkipWhile(line => line != "## Crash points").SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)];

    [GeneratedRegex("`([A-Za-z0-9_]+)`")]
    private static partial Regex Sentences();
}
