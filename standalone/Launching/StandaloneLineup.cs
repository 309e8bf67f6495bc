namespace ThreadGrains.Standalone.Launching;

/// <summary>One process with everything, on SQLite, and the emulator beside it unless there is another Slack.</summary>
internal static class StandaloneLineup
{
    public static Lineup Of(LaunchOptions options, LocalSettings settings, HttpClient http)
    {
        var stages = new List<Stage>();
        var ports = new List<(int, string)>();
        var addresses = new List<(string, string)>();
        if (settings.StartsEmulator)
        {
            stages.Add(new Stage(Emulator(options, settings, http)));
            ports.Add((options.EmulatorPort, "choose another one with --emulator-port"));
            addresses.Add(("Slack (emulated)", $"{settings.EmulatorUrl}/"));
        }

        if (settings.StartsThreadGrains)
        {
            stages.Add(new Stage(ThreadGrains(settings, http)));
            ports.Add((options.Port, "choose another one with --port"));
            addresses.Add(("ThreadGrains", $"{settings.Url}/"));
        }

        return new Lineup(
            stages, ports,
            [
                ("THREADGRAINS_URLS", settings.Url),
                ("THREADGRAINS_ORLEANS_GATEWAY", settings.StartsThreadGrains ? $"127.0.0.1:{settings.OrleansPorts.Gateway}" : ""),
            ],
            addresses);
    }

    /// <summary>The Slack emulator; a cluster has the same.</summary>
    public static Part Emulator(LaunchOptions options, LocalSettings settings, HttpClient http)
    {
        string folder = Path.Combine(Path.GetFullPath(options.Data), "emulator");
        string[] arguments = ["--port", $"{options.EmulatorPort}", "--data", folder, "--request-url", options.RequestUrl?.ToString() ?? settings.Url];
        string answersAt = $"{settings.EmulatorUrl}/emulator/calls?since=0";
        return new Part("emulator", () => Part.Run(options.EmulatorProgram, arguments, settings.ForEmulator()), http.Well(answersAt), answersAt);
    }

    private static Part ThreadGrains(LocalSettings settings, HttpClient http)
    {
        string answersAt = $"{settings.Url}/health/ready";
        return new Part("threadgrains", () => Part.Run(Environment.ProcessPath!, [], settings.ForThreadGrains()), http.Well(answersAt), answersAt);
    }
}
