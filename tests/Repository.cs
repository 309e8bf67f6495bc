namespace ThreadGrains;

/// <summary>Where the repository is that a test or a bench was built in.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ThreadGrains.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"ThreadGrains.sln stands in no folder above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
