using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ThreadGrains.Silo;
using ThreadGrains.Standalone.Launching;

namespace ThreadGrains.Tests.PostgreSql;

/// <summary>
/// A real PostgreSQL for the tests of one process, in a folder of its own, started when the first test asks and ended with
/// the process. Projects that need it compile this file and the product's own way to start a private server.
/// </summary>
internal static class TestServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PrivatePostgreSql>> Server = new(Start);
    private static int _databases;

    // Held for the life of this process: with it goes the pipe that keeps the server alive.
    private static Process? _keeper;

    /// <summary>A fresh, empty database.</summary>
    /// <returns>Npgsql's connection string, of the database's owner.</returns>
    public static async Task<string> CreateDatabase()
    {
        var server = await Server.Value;
        string name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await Execute(server.ConnectionString("postgres"), $"create database {name}");
        return server.ConnectionString(name);
    }

    /// <summary>Drops a database, whoever is connected to it.</summary>
    public static async Task DropDatabase(string connectionString)
    {
        var server = await Server.Value;
        await Execute(server.ConnectionString("postgres"), $"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");
    }

    /// <summary>Runs a statement on a connection of its own.</summary>
    public static async Task Execute(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PrivatePostgreSql> Start()
    {
        // Directly below the temporary folder, which every user may enter: as root the server runs as another one.
        string folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"threadgrains-postgresql-{Environment.ProcessId}"));
        var server = new PrivatePostgreSql(folder, LoopbackPorts.ChooseOne(), "test");
        await server.Prepare(CancellationToken.None);
        _keeper = Started(server.Server("max_connections=300"), folder);
        await Answers(server.ConnectionString("postgres"), _keeper);
        return server;
    }

    private static async Task Answers(string connectionString, Process process)
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await Execute(connectionString, "select 1");
                return;
            }
            catch (NpgsqlException) when (!process.HasExited && TimeProvider.System.GetElapsedTime(begun) < Patience)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>A shell beside it ends it (SIGINT: at once, but in order) and removes its data when this process is gone, however that ended.</summary>
    private static Process Started(ProcessStartInfo server, string folder) => Process.Start(new ProcessStartInfo("/bin/sh",
        ["-c", "\"$@\" & server=$!; read -r _; kill -INT $server; wait $server; rm -rf \"$0\"", folder, server.FileName, .. server.ArgumentList])
    {
        RedirectStandardInput = true,
        WorkingDirectory = "/",
    })!;
}
