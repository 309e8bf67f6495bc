namespace ThreadGrains;

/// <summary>The names by which silos and their clients find each other.</summary>
public static class ClusterIdentity
{
    /// <summary>The service's name. It is part of the key of every stored state and must stay the same for ever.</summary>
    public const string ServiceId = "threadgrains";

    /// <summary>The cluster's name: what is configured as <c>Orleans:ClusterId</c>, else the service's.</summary>
    public static string ClusterId(string? configured) => string.IsNullOrWhiteSpace(configured) ? ServiceId : configured;
}
