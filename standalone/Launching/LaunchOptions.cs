namespace ThreadGrains.Standalone.Launching;

/// <summary>What <c>./run</c> was asked for. The script checks names and forms; these are the defaults.</summary>
internal sealed class LaunchOptions
{
    /// <summary>The data folder.</summary>
    public string Data { get; set; } = "data";

    /// <summary>Port of threadgrains, on loopback.</summary>
    public int Port { get; set; } = StandaloneHosting.DefaultPort;

    /// <summary>Port of the emulator, on loopback.</summary>
    public int EmulatorPort { get; set; } = 5090;

    /// <summary>Start only this one; null: both.</summary>
    public string? Only { get; set; }

    /// <summary>Slack's Web API, in place of the emulator's.</summary>
    public Uri? SlackApi { get; set; }

    /// <summary>Where the emulator sends clicks and events; null: to threadgrains.</summary>
    public Uri? RequestUrl { get; set; }

    /// <summary>True: play no story.</summary>
    public bool NoStory { get; set; }

    /// <summary>True: the databases were put back from a backup; everything unfinished is read back before it is sent.</summary>
    public bool Restored { get; set; }

    /// <summary>Start a cluster with so many silos, on PostgreSQL; null: one process on SQLite.</summary>
    public int? Cluster { get; set; }

    /// <summary>The emulator's executable.</summary>
    public string EmulatorProgram { get; set; } = "slack-emulator";

    /// <summary>A silo's executable.</summary>
    public string SiloProgram { get; set; } = "threadgrains-silo";

    /// <summary>A gateway's executable.</summary>
    public string GatewayProgram { get; set; } = "threadgrains-gateway";

    public static LaunchOptions Read(string[] flags) => new ConfigurationBuilder()
        .AddCommandLine(flags, new Dictionary<string, string>
        {
            ["--emulator-port"] = nameof(EmulatorPort),
            ["--slack-api"] = nameof(SlackApi),
            ["--request-url"] = nameof(RequestUrl),
            ["--no-story"] = nameof(NoStory),
            ["--emulator-program"] = nameof(EmulatorProgram),
            ["--silo-program"] = nameof(SiloProgram),
            ["--gateway-program"] = nameof(GatewayProgram),
        })
        .Build()
        .Get<LaunchOptions>() ?? new LaunchOptions();
}
