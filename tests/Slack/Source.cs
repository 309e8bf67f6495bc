using System.Reflection;

namespace ThreadGrains.Slack.Tests;

/// <summary>Files that lie beside the tests.</summary>
internal static class Source
{
    private static readonly string Folder = typeof(Source).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "TestSource").Value!;

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);

    public static byte[] Sample(string name) => File.ReadAllBytes(PathOf("samples", name));

    public static IEnumerable<string> SampleNames(string folder) => Directory
        .EnumerateFiles(PathOf("samples", folder), "*.json", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(PathOf("samples"), path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);
}
