using System.Diagnostics;
using System.Globalization;
using ThreadGrains.Standalone.Launching;

namespace ThreadGrains.Silo.Tests.Processes;

/// <summary>The server that <c>./run --cluster</c> starts, in a folder that nobody but its owner may enter.</summary>
public sealed class ThePrivatePostgreSql : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly PrivatePostgreSql _server;

    public ThePrivatePostgreSql() => _server = new PrivatePostgreSql(Folder, LoopbackPorts.ChooseOne(), "secret");

    private string Folder => _folder.PathOf("postgresql");

    private string PidFile => Path.Combine(Folder, "postmaster.pid");

    [Fact]
    public async Task Starts_again_after_a_kill_although_its_former_number_belongs_to_another_process_now()
    {
        using var first = await Started();
        first.Kill();
        await first.WaitForExitAsync().WaitAsync(Patience);
        // As after a restart of the machine, when small numbers are given anew: another process of the same user has it.
        using var other = Process.Start(SameUser("sleep", "60"))!;
        string[] lines = await File.ReadAllLinesAsync(PidFile);
        await File.WriteAllLinesAsync(PidFile, [other.Id.ToString(CultureInfo.InvariantCulture), .. lines.Skip(1)]);

        using var second = await Started();

        Assert.Equal(second.Id, int.Parse((await File.ReadAllLinesAsync(PidFile))[0], CultureInfo.InvariantCulture));
        Assert.False(other.HasExited);
        other.Kill();
        await Stop(second);
    }

    [Fact]
    public async Task Whatever_a_killed_server_leaves_is_ended()
    {
        using var server = await Started();
        var children = Processes().Where(process => process.Id != server.Id).ToList();
        Assert.NotEmpty(children);
        // Frozen, they do not notice that their server is gone.
        children.ForEach(child => Signal("STOP", child.Id));
        server.Kill();
        await server.WaitForExitAsync().WaitAsync(Patience);
        Assert.NotEmpty(Processes());

        await _server.EndWhatIsLeft();

        Assert.Empty(Processes());
    }

    [Fact]
    public async Task A_folder_whose_making_was_broken_off_is_made_anew()
    {
        Directory.CreateDirectory(Folder + ".new");
        await File.WriteAllTextAsync(Path.Combine(Folder + ".new", "PG_VERSION"), "");

        using var server = await Started();

        Assert.False(Directory.Exists(Folder + ".new"));
        await Stop(server);
    }

    public void Dispose()
    {
        _server.EndWhatIsLeft().GetAwaiter().GetResult();
        _folder.Dispose();
    }

    private async Task<Process> Started()
    {
        await _server.Prepare(CancellationToken.None);
        var process = Process.Start(_server.Server())!;
        var waited = Stopwatch.StartNew();
        while (!await _server.Answers(CancellationToken.None))
        {
            Assert.False(process.HasExited, "the server ended before it answered");
            Assert.True(waited.Elapsed < Patience, "the server does not answer");
            await Task.Delay(50);
        }

        return process;
    }

    private static async Task Stop(Process server)
    {
        Signal("INT", server.Id);
        await server.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, server.ExitCode);
    }

    private static ProcessStartInfo SameUser(params string[] command) => Environment.IsPrivilegedProcess
        ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", "--", .. command])
        : new ProcessStartInfo(command[0], command[1..]);

    /// <summary>The processes whose folder is the server's, by proc(5).</summary>
    private List<Process> Processes() => [.. Process.GetProcesses().Where(process => WorksIn(process.Id) == Folder)];

    private static string? WorksIn(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/cwd", returnFinalTarget: false)?.FullName;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Signal(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }
}
