using System.Diagnostics;
using System.Globalization;

namespace ThreadGrains.Standalone.Launching;

/// <summary>
/// A PostgreSQL server of our own beside whatever else runs on the machine: Debian's binaries, a data folder and a port of
/// its own, loopback only, with a password. PostgreSQL refuses to run as root: root's server runs as the package's user.
/// </summary>
/// <param name="folder">Its data folder; made by <see cref="Prepare"/>.</param>
/// <param name="port">The port it listens on, on loopback.</param>
/// <param name="password">Of the user <see cref="User"/>.</param>
internal sealed class PrivatePostgreSql(string folder, int port, string password)
{
    /// <summary>The owner of everything in the server.</summary>
    public const string User = "threadgrains";

    /// <summary>The user whom Debian's package makes, and who stands in for root.</summary>
    private const string PackageUser = "postgres";

    private readonly string _folder = Path.GetFullPath(folder);

    /// <summary>The newest server's folder of programs, or null where none is installed.</summary>
    public static string? Programs { get; } = FindPrograms();

    /// <summary>For Npgsql. Holds the password.</summary>
    public string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database={database}");

    /// <summary>Makes the data folder if it is missing. An existing one is left as it is.</summary>
    /// <exception cref="PrivatePostgreSqlException">The server is not installed, or its user cannot use the folder.</exception>
    public async Task Prepare(CancellationToken cancellation)
    {
        string initdb = Path.Combine(RequirePrograms(), "initdb");
        if (File.Exists(Path.Combine(_folder, "PG_VERSION")))
        {
            return;
        }

        Directory.CreateDirectory(_folder);
        string passwordFile = _folder + ".password";
        try
        {
            // The folder above may be anybody's; the file is its owner's before the password stands in it.
            await using (File.Create(passwordFile))
            {
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            await File.WriteAllTextAsync(passwordFile, password, cancellation);
            if (Environment.IsPrivilegedProcess)
            {
                await Run("chown", [PackageUser, _folder, passwordFile], cancellation);
            }

            // Names and ids are compared byte by byte, as SQLite does; every column says so, too.
            await Run(Command(initdb, ["-D", _folder, "-U", User, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={passwordFile}"]), cancellation);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <summary>The server itself: the process that this starts is the postmaster, without a wrapper.</summary>
    /// <param name="settings">Further settings, each <c>name=value</c>.</param>
    public ProcessStartInfo Server(params IEnumerable<string> settings)
    {
        string[] ours =
        [
            "listen_addresses=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"port={port}"), "unix_socket_directories=",
            "max_connections=200", "shared_buffers=256MB", "max_wal_size=2GB", "synchronous_commit=on", "fsync=on", "log_min_messages=warning",
        ];
        return Command(Path.Combine(RequirePrograms(), "postgres"), ["-D", _folder, .. ours.Concat(settings).SelectMany(setting => (string[])["-c", setting])]);
    }

    /// <summary>A program as the user who may run it; root steps down, and the process stays the one that was started.</summary>
    private ProcessStartInfo Command(string program, IEnumerable<string> arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={PackageUser}", $"--regid={PackageUser}", "--init-groups", "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private Task Run(string program, IEnumerable<string> arguments, CancellationToken cancellation) => Run(new ProcessStartInfo(program, arguments), cancellation);

    private async Task Run(ProcessStartInfo start, CancellationToken cancellation)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            string why = string.Join(' ', (await said).Select(text => text.Trim()));
            throw new PrivatePostgreSqlException(
                $"PostgreSQL's data folder {_folder} could not be made: {why}" +
                (Environment.IsPrivilegedProcess ? $" (As root the server runs as the user {PackageUser}, who must be able to enter every folder above it.)" : ""));
        }
    }

    private static string RequirePrograms() =>
        Programs ?? throw new PrivatePostgreSqlException("PostgreSQL's server is not installed; on Debian and Ubuntu: apt-get install postgresql.");

    private static string? FindPrograms()
    {
        const string versions = "/usr/lib/postgresql";
        return !Directory.Exists(versions) ? null : Directory.EnumerateDirectories(versions)
            .Where(version => File.Exists(Path.Combine(version, "bin", "postgres")))
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Select(version => Path.Combine(version, "bin")).FirstOrDefault();
    }
}

/// <summary>The private server cannot be had here; the message says what to do.</summary>
internal sealed class PrivatePostgreSqlException(string message) : Exception(message);
