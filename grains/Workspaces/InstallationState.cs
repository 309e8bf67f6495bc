using ThreadGrains.Grains.Secrets;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>An installation as it is kept: nothing in it is of use without the key.</summary>
[GenerateSerializer, Alias("threadgrains.InstallationState")]
public sealed class InstallationState
{
    /// <summary>The name under which grain state knows it.</summary>
    public const string Name = "installation";

    /// <summary>The organization that the workspace is bound to.</summary>
    [Id(0)]
    public string Organization { get; set; } = "";

    /// <summary>The bot token, encrypted; null: nothing is installed.</summary>
    [Id(1)]
    public SealedToken? Token { get; set; }

    /// <summary>Our app, where Slack told.</summary>
    [Id(2)]
    public string? AppId { get; set; }

    /// <summary>When it was put.</summary>
    [Id(3)]
    public DateTimeOffset At { get; set; }

    /// <summary>Which credential put it.</summary>
    [Id(4)]
    public string By { get; set; } = "";
}
