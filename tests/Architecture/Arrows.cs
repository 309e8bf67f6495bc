using System.Reflection;

namespace ThreadGrains.Architecture.Tests;

/// <summary>Dependencies point one way: interfaces, then grains, then silo, then standalone; and the emulator stands apart.</summary>
public sealed class Arrows
{
    /// <summary>What each project may use of ours. A project that is missing here fails, so that a new one is thought about.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["grain-interfaces"] = [],
        ["slack"] = [],
        ["ledger"] = [],
        ["slack-emulator"] = [],
        ["connections"] = [],
        ["grains"] = ["grain-interfaces", "ledger", "slack"],
        ["telemetry"] = ["grain-interfaces"],
        ["webhook-gateway"] = ["connections", "grain-interfaces", "slack", "telemetry"],
        ["silo"] = ["connections", "grains", "telemetry"],
        ["standalone"] = ["silo", "webhook-gateway", "slack-emulator"],
        ["samples/dotnet-client"] = ["grain-interfaces"],
        ["samples/callback-receiver-dotnet"] = [],
        ["bench"] = ["ledger", "standalone"],
        ["bench/Chaos"] = [],
    };

    /// <summary>Assemblies that each of ours must not know, by how their names begin.</summary>
    private static readonly Dictionary<string, string[]> Unknown = new()
    {
        ["ThreadGrains.GrainInterfaces"] = ["ThreadGrains.", "Microsoft.AspNetCore", "Microsoft.Data.Sqlite", "Orleans.Runtime"],
        ["ThreadGrains.Slack"] = ["ThreadGrains.", "Orleans", "Microsoft.AspNetCore", "Microsoft.Data.Sqlite"],
        ["ThreadGrains.Ledger"] = ["ThreadGrains.", "Orleans", "Microsoft.AspNetCore"],
        ["slack-emulator"] = ["ThreadGrains.", "Orleans"],
        ["ThreadGrains.Grains"] = ["threadgrains", "Microsoft.AspNetCore", "Microsoft.Data.Sqlite", "Npgsql", "slack-emulator"],
        ["threadgrains-gateway"] = ["ThreadGrains.Grains", "ThreadGrains.Ledger", "Orleans.Runtime", "Microsoft.Data.Sqlite", "threadgrains", "slack-emulator"],
        ["threadgrains-silo"] = ["threadgrains", "slack-emulator"],
        ["threadgrains"] = ["slack-emulator"],
    };

    public static TheoryData<string> Folders => [.. Repository.Projects.Keys.Where(folder => !folder.StartsWith("tests/", StringComparison.Ordinal))];

    public static TheoryData<string> Assemblies => [.. Unknown.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_project_refers_only_to_those_below_it(string folder)
    {
        Assert.True(Allowed.ContainsKey(folder), $"{folder} is new: write here what it may use.");
        Assert.Empty(Repository.Projects[folder].References.Except(Allowed[folder]));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_compiled_assembly_knows_only_those_below_it(string name)
    {
        var known = Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!).ToList();

        Assert.NotEmpty(known);
        Assert.DoesNotContain(known, reference => Unknown[name].Any(start => reference.StartsWith(start, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("slack-emulator")]
    public void Only_standalone_and_tests_use(string folder)
    {
        var users = Repository.Projects.Values.Where(project => project.References.Contains(folder)).Select(project => project.Folder);

        Assert.DoesNotContain(users, user => user != "standalone" && !user.StartsWith("tests/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_gateway_reaches_neither_grains_nor_ledger_even_through_others()
    {
        Assert.Empty(Repository.Closure("webhook-gateway").Intersect(["grains", "ledger", "silo", "standalone"]));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root.FullName, "ThreadGrains.sln")).Replace('\\', '/');

        Assert.NotEmpty(Repository.Projects);
        Assert.DoesNotContain(Repository.Projects.Values, project => !solution.Contains($"\"{project.Folder}/{project.File}\"", StringComparison.Ordinal));
    }
}
