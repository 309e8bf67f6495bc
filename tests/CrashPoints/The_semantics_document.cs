using System.Reflection;
using System.Text.RegularExpressions;

namespace ThreadGrains.CrashPoints.Tests;

/// <summary>docs/semantics.md promises a test for each row; what it names has to be there, and what is here has to be named.</summary>
public sealed partial class The_semantics_document
{
    private static readonly string[] Crashes = RowsOf("## Crash points");
    private static readonly string[] Promises = RowsOf("## Promises");

    [Fact]
    public void Every_row_names_a_test_that_exists()
    {
        Assert.NotEmpty(Crashes);
        Assert.NotEmpty(Promises);
        NamesTests(Crashes, column: ^2);
        NamesTests(Promises, column: ^3);
    }

    private static void NamesTests(string[] rows, Index column)
    {
        string tests = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.All(rows, row =>
        {
            var named = Sentences().Matches(row.Split('|')[column]).Select(name => name.Groups[1].Value).ToList();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Matches($@"public (static )?(async )?(Task|void) {name}\(", tests));
        });
    }

    [Fact]
    public void Every_crash_that_is_played_stands_in_a_row()
    {
        var played = typeof(The_semantics_document).Assembly.GetTypes().Where(type => type.IsPublic)
            .SelectMany(type => type.GetMethods().Where(method => method.ReturnType == typeof(Task) && method.GetCustomAttribute<FactAttribute>() is not null))
            .Select(method => method.Name).ToList();

        Assert.NotEmpty(played);
        Assert.All(played, name => Assert.Contains(Crashes, row => row.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    /// <summary>The lines of the table below the heading, without its head.</summary>
    private static string[] RowsOf(string heading) =>
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "semantics.md")).SkipWhile(line => line != heading).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)];

    [GeneratedRegex("`([A-Za-z0-9_]+)`")]
    private static partial Regex Sentences();
}
