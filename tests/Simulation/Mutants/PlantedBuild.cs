using System.Diagnostics;

namespace ThreadGrains.Simulation.Mutants;

/// <summary>A copy of the product's source with all mutants in it, and of the simulation that judges them, built on its own.</summary>
internal static class PlantedBuild
{
    /// <summary>What is compiled from.</summary>
    private static readonly string[] Parts =
    [
        "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "build", "grain-interfaces", "slack", "ledger", "grains", "tests/Repository.cs", "tests/Simulation", "tests/Simulation.Store",
    ];

    /// <summary>Copies what has changed, plants, builds. What is built already is left alone.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="mutants">What is planted.</param>
    /// <returns>The program to start.</returns>
    /// <exception cref="InvalidOperationException">A text that a mutant changes does not stand there exactly once, or the build failed.</exception>
    public static string Make(string root, IReadOnlyList<Mutant> mutants)
    {
        // Deep below the root: nothing that looks for the repository's projects takes these for some.
        string copy = Path.Combine(root, "out", "mutants", "source");
        var edits = mutants.SelectMany(mutant => mutant.Edits, (mutant, edit) => (mutant, edit)).ToLookup(pair => pair.edit.File);
        if (edits.FirstOrDefault(file => !File.Exists(Path.Combine(root, file.Key))) is { } missing)
        {
            throw new InvalidOperationException($"{missing.First().mutant.Name}: {missing.Key} is not there any more.");
        }

        string program = Path.Combine(copy, "tests", "Simulation", "bin", "Release", "net10.0", "ThreadGrains.Simulation.Tests.dll");
        string[] files = [.. Parts.SelectMany(part => FilesOf(root, part))];
        foreach (string gone in Directory.Exists(copy) ? Parts.SelectMany(part => FilesOf(copy, part)).Except(files) : [])
        {
            Change(gone, File.Delete);
        }

        foreach (string file in files)
        {
            string text = File.ReadAllText(Path.Combine(root, file));
            foreach (var (mutant, edit) in edits[file])
            {
                text = Plant(text, mutant, edit);
            }

            string target = Path.Combine(copy, file);
            if (!File.Exists(target) || File.ReadAllText(target) != text)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                Change(file, path => File.WriteAllText(path, text));
            }
        }

        if (!File.Exists(program))
        {
            Build(Path.Combine(copy, "tests", "Simulation"));
        }

        return program;

        // The program goes first: it is there only while it is built from all of what stands beside it.
        void Change(string file, Action<string> change)
        {
            if (File.Exists(program))
            {
                File.Delete(program);
            }

            change(Path.Combine(copy, file));
        }
    }

    private static string Plant(string text, Mutant mutant, Edit edit)
    {
        int at = text.IndexOf(edit.Find, StringComparison.Ordinal);
        if (at < 0 || text.IndexOf(edit.Find, at + 1, StringComparison.Ordinal) >= 0)
        {
            throw new InvalidOperationException($"{mutant.Name}: {edit.File} does not hold exactly once: {edit.Find}");
        }

        return string.Concat(text.AsSpan(0, at), edit.Replace.Replace(Mutant.IsAwake, mutant.Condition, StringComparison.Ordinal), text.AsSpan(at + edit.Find.Length));
    }

    private static IEnumerable<string> FilesOf(string root, string part)
    {
        string path = Path.Combine(root, part);
        return File.Exists(path) ? [part]
            : !Directory.Exists(path) ? []
            : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));
    }

    private static void Build(string project)
    {
        using var build = Process.Start(new ProcessStartInfo("dotnet")
        {
            // Only what it does counts here: the source it was made from has passed all analyzers.
            ArgumentList = { "build", project, "-c", "Release", "-v", "q", "--nologo", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:GenerateDocumentationFile=false" },
            RedirectStandardOutput = true,
        })!;
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException($"The planted source does not compile:\n{output}");
        }
    }
}
