using System.Xml.Linq;

namespace ThreadGrains.Architecture.Tests;

/// <summary>The projects of this repository as their files describe them.</summary>
internal static class Repository
{
    public static DirectoryInfo Root { get; } = new(ThreadGrains.Repository.Root);

    /// <summary>Every project, by its folder from the root (<c>grains</c>, <c>tests/Silo</c>).</summary>
    public static IReadOnlyDictionary<string, Project> Projects { get; } = Root
        .EnumerateFiles("*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
        .Select(file => new Project(FolderOf(file.FullName), file.Name, [.. References(file)]))
        .ToDictionary(project => project.Folder);

    /// <summary>Every project that the given one needs, directly or through another.</summary>
    public static IEnumerable<string> Closure(string folder) =>
        Projects[folder].References.SelectMany(reference => Closure(reference).Prepend(reference)).Distinct();

    private static IEnumerable<string> References(FileInfo project) => XDocument.Load(project.FullName)
        .Descendants("ProjectReference")
        .Select(reference => FolderOf(Path.GetFullPath(Path.Combine(project.DirectoryName!, reference.Attribute("Include")!.Value))));

    private static string FolderOf(string projectFile) =>
        Path.GetRelativePath(Root.FullName, Path.GetDirectoryName(projectFile)!).Replace('\\', '/');
}

internal sealed record Project(string Folder, string File, IReadOnlyList<string> References);
