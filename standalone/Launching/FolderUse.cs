using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Launching;

/// <summary>A data folder belongs to one process on SQLite or to a cluster on PostgreSQL: what one accepted, the other would not see.</summary>
internal static class FolderUse
{
    /// <param name="folder">The data folder.</param>
    /// <param name="remedy">What to do instead of what was asked for.</param>
    /// <exception cref="StartRefusedException">A cluster has its data here.</exception>
    public static void RequireNoCluster(string folder, string remedy)
    {
        if (Directory.Exists(ClusterLineup.PostgreSqlFolder(folder)))
        {
            throw new StartRefusedException($"{folder} holds the data of a cluster (postgresql/); {remedy}.");
        }
    }

    /// <exception cref="StartRefusedException">A standalone ThreadGrains has its data here.</exception>
    public static void RequireNoStandalone(string folder)
    {
        if (new[] { EmbeddedDatabases.LedgerFile, EmbeddedDatabases.GrainsFile }.FirstOrDefault(file => File.Exists(Path.Combine(folder, file))) is { } found)
        {
            throw new StartRefusedException($"{folder} holds the data of a ThreadGrains that runs alone ({found}); start it without --cluster, or choose another folder with --data.");
        }
    }
}
