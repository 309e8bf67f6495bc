using System.Diagnostics;
using System.Formats.Tar;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>
/// The silo and the gateway as a former commit has them, built from the repository's history. They are kept in <c>out/</c> under
/// the commit's name: what a commit holds does not change.
/// </summary>
internal sealed record FormerBuild(string Silo, string Gateway)
{
    /// <summary>A cold build of the two takes a minute alone; other tests may run meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    /// <summary>Builds them, unless that was done before.</summary>
    /// <param name="commit">The whole name of the commit.</param>
    public static async Task<FormerBuild> Of(string commit)
    {
        string folder = Path.Combine(Deployment.Repository, "out", "former", commit);
        if (!Directory.Exists(folder))
        {
            await Make(commit, folder);
        }

        return new FormerBuild(Path.Combine(folder, "silo", "threadgrains-silo"), Path.Combine(folder, "gateway", "threadgrains-gateway"));
    }

    private static async Task Make(string commit, string folder)
    {
        var (exit, _, errors) = await Run("git", "cat-file", "-e", $"{commit}^{{commit}}");
        Assert.True(exit == 0, $"The history here lacks {commit}, whose build is upgraded from. A shallow clone gets it by 'git fetch --unshallow'. git says: {errors}");

        string work = Directory.CreateTempSubdirectory("threadgrains-former-").FullName;
        try
        {
            string archive = Path.Combine(work, "sources.tar");
            string sources = Directory.CreateDirectory(Path.Combine(work, "sources")).FullName;
            await Succeed("git", "archive", "--format=tar", $"--output={archive}", commit);
            await TarFile.ExtractToDirectoryAsync(archive, sources, overwriteFiles: false);
            string made = Path.Combine(work, "made");
            await Publish(Path.Combine(sources, "silo"), Path.Combine(made, "silo"));
            await Publish(Path.Combine(sources, "webhook-gateway"), Path.Combine(made, "gateway"));

            // Beside its place first: whole or not at all, whatever ends us.
            string beside = $"{folder}.{Environment.ProcessId}";
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            await Succeed("cp", "-r", made, beside);
            Directory.Move(beside, folder);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>
    /// Behind everything else that wants the processors: other tests run meanwhile. What the analyzers had to say was said when the
    /// commit was made; build servers would outlive us.
    /// </summary>
    private static Task Publish(string project, string target) => Succeed(
        "nice", "dotnet", "publish", project, "-c", "Release", "-o", target, "--nologo", "-v", "q", "--disable-build-servers",
        "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false", "-p:TreatWarningsAsErrors=false");

    private static async Task Succeed(string program, params string[] arguments)
    {
        var (exit, output, errors) = await Run(program, arguments);
        Assert.True(exit == 0, $"{program} {string.Join(' ', arguments)} ended with {exit}:\n{output}\n{errors}");
    }

    private static async Task<(int Exit, string Output, string Errors)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Deployment.Repository, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, (await output).Trim(), (await errors).Trim());
    }
}
