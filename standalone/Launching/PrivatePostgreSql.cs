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

    /// <summary>The database that every new server has.</summary>
    public const string Database = "threadgrains";

    /// <summary>The user whom Debian's package makes, and who stands in for root.</summary>
    private const string PackageUser = "postgres";

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Reads until its input ends, which it does with the process that started it, however that ends. Whoever uses the database
    /// ends as well then, and drains; after that, or when the patience is over, the server gets the signal of a fast shutdown, if it
    /// still runs and is ours: its processes work in its data folder.
    /// </summary>
    private const string Guard = """
        exec >/dev/null 2>&1
        cat
        patience=$3
        for user in "$1"/silo-* "$1"/gateway-*; do
          while [ "$patience" -gt 0 ] && [ -e "$user" ] && readlink "/proc/$(cat "$user")/exe"; do
            sleep 0.2
            patience=$((patience - 1))
          done
        done
        server=$(head -n 1 "$2/postmaster.pid") && [ "$(readlink "/proc/$server/cwd")" = "$2" ] && kill -INT "$server"
        """;

    private readonly string _folder = Path.GetFullPath(folder);

    // Kept: the pipe to it ends with us and not before.
    private Process? _guard;

    /// <summary>The newest server's folder of programs, or null where none is installed.</summary>
    public static string? Programs { get; } = FindPrograms();

    /// <summary>For Npgsql. Holds the password.</summary>
    public string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database={database}");

    /// <summary>
    /// Makes the data folder with an empty <see cref="Database"/> if it is missing, and clears away what a killed server left
    /// behind. Nobody else may use the folder meanwhile.
    /// </summary>
    /// <exception cref="PrivatePostgreSqlException">The server is not installed, or its user cannot use the folder.</exception>
    public async Task Prepare(CancellationToken cancellation)
    {
        string programs = RequirePrograms();
        if (Directory.Exists(_folder))
        {
            await EndWhatIsLeft();
            // It holds the number of a process that is gone. Once another process of our user has that number, a new server
            // would take it for its predecessor and refuse.
            File.Delete(Path.Combine(_folder, "postmaster.pid"));
            return;
        }

        // Whole or not at all: a folder half made would never start.
        string unfinished = _folder + ".new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished); // initdb takes it from everybody else
        string passwordFile = Path.GetTempFileName(); // for its owner alone
        try
        {
            await File.WriteAllTextAsync(passwordFile, password, cancellation);
            if (Environment.IsPrivilegedProcess)
            {
                await Run(new ProcessStartInfo("chown", [PackageUser, unfinished, passwordFile]), "", cancellation);
            }

            // Names and ids are compared byte by byte, as SQLite does; every column says so, too.
            await Run(Command(unfinished, Path.Combine(programs, "initdb"), ["-U", User, "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={passwordFile}"]), "", cancellation);
            await Run(Command(unfinished, Path.Combine(programs, "postgres"), ["postgres"], "--single"), $"create database {Database};\n", cancellation);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(unfinished, _folder);
    }

    /// <summary>The server itself: the process that this starts is the postmaster, without a wrapper.</summary>
    /// <param name="settings">Further settings, each <c>name=value</c>.</param>
    public ProcessStartInfo Server(params IEnumerable<string> settings)
    {
        string[] ours =
        [
            "listen_addresses=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"port={port}"), "unix_socket_directories=",
            "max_connections=200", "shared_buffers=256MB", "max_wal_size=2GB", "synchronous_commit=on", "fsync=on",
            "log_min_messages=fatal", // what a statement failed with, its sender says
        ];
        return Command(_folder, Path.Combine(RequirePrograms(), "postgres"), ours.Concat(settings).SelectMany(setting => (string[])["-c", setting]));
    }

    /// <summary>From now on the server ends when we are gone, also where nobody could ask it to: killed, we leave it to a guard.</summary>
    /// <param name="pids">The folder with the numbers of the processes that use it.</param>
    /// <param name="patience">How long those may take to end.</param>
    public void EndWithUs(string pids, TimeSpan patience)
    {
        if (_guard is null && !OperatingSystem.IsWindows())
        {
            // In a session of its own: what is sent to all of ours is not for it.
            _guard = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Guard, "threadgrains-guard", pids, _folder, $"{(int)(patience.TotalSeconds * 5)}"])
            {
                RedirectStandardInput = true,
                UseShellExecute = false,
            });
        }
    }

    /// <summary>Whether sessions are taken now: not while it starts or recovers.</summary>
    public async Task<bool> Answers(CancellationToken cancellation)
    {
        var asks = new ProcessStartInfo(Path.Combine(RequirePrograms(), "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", string.Create(CultureInfo.InvariantCulture, $"{port}")]);
        using var process = Process.Start(asks)!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0;
    }

    /// <summary>
    /// Ends the processes of a server that was killed. They notice by themselves that it is gone, but one in the midst of a long
    /// statement notices late, and no new server starts on the folder before.
    /// </summary>
    public async Task EndWhatIsLeft()
    {
        long begun = TimeProvider.System.GetTimestamp();
        // One that hangs in the kernel outlives this; then the new server says what holds the folder. Those that wait for a
        // parent's notice work in no folder any more.
        while (Left() is { Count: > 0 } left && TimeProvider.System.GetElapsedTime(begun) < EndPatience)
        {
            foreach (var process in left)
            {
                using (process)
                {
                    EndOne(process);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private static void EndOne(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended before we came.
        }
    }

    /// <summary>Every process of a server works in its data folder, and nobody else does.</summary>
    private List<Process> Left()
    {
        var left = new List<Process>();
        foreach (var process in Process.GetProcesses())
        {
            if (WorksIn(process) == _folder)
            {
                left.Add(process);
            }
            else
            {
                process.Dispose();
            }
        }

        return left;
    }

    private static string? WorksIn(Process process)
    {
        try
        {
            return File.ResolveLinkTarget(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/cwd"), returnFinalTarget: false)?.FullName;
        }
        catch (Exception foreign) when (foreign is IOException or UnauthorizedAccessException)
        {
            return null; // another user's, or gone meanwhile
        }
    }

    /// <summary>
    /// A program on a data folder, as the user who may run it. Root steps down, and the process stays the one that was started:
    /// <c>exec</c> and setpriv(1) keep its number. The package's user needs no right to any folder above: it inherits the open
    /// data folder and goes by that, so that data may lie in folders that only root can enter.
    /// </summary>
    private static ProcessStartInfo Command(string folder, string program, IEnumerable<string> arguments, params IEnumerable<string> first)
    {
        const string stepDown = $"""exec 9<"$0"; exec setpriv --reuid={PackageUser} --regid={PackageUser} --init-groups -- "$@" """;
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("sh", ["-c", stepDown, folder, program, .. first, "-D", "/proc/self/fd/9", .. arguments])
            : new ProcessStartInfo(program, [.. first, "-D", folder, .. arguments]);
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private async Task Run(ProcessStartInfo start, string input, CancellationToken cancellation)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            string why = string.Join(' ', (await said).Select(text => text.Trim()));
            throw new PrivatePostgreSqlException($"PostgreSQL's data folder {_folder} could not be made: {why}");
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
