using ThreadGrains.Tests.Processes;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// The programs of a cluster as links that are switched while it runs, as an operator's <c>current</c> is: a process that is
/// started again is of the build that the link leads to by then.
/// </summary>
internal sealed class SwitchedPrograms
{
    private readonly string _folder = Directory.CreateTempSubdirectory("threadgrains-programs-").FullName;

    public SwitchedPrograms(FormerBuild build)
    {
        SwitchSilo(build.Silo);
        SwitchGateway(build.Gateway);
    }

    /// <summary>What <c>./run</c> is to start.</summary>
    public IReadOnlyList<string> Flags => ["--silo-program", Silo, "--gateway-program", Gateway];

    private string Silo => Path.Combine(_folder, "silo");

    private string Gateway => Path.Combine(_folder, "gateway");

    public void SwitchSilo(string program) => Switch(Silo, program);

    public void SwitchGateway(string program) => Switch(Gateway, program);

    public void Delete() => Directory.Delete(_folder, recursive: true);

    /// <summary>rename(2) replaces a link at once: there is no moment without one.</summary>
    private static void Switch(string link, string program)
    {
        File.CreateSymbolicLink($"{link}.new", program);
        File.Move($"{link}.new", link, overwrite: true);
    }
}
