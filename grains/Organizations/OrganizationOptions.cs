namespace ThreadGrains.Grains.Organizations;

/// <summary>The first organization, as configuration names it.</summary>
public sealed class OrganizationOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains";

    /// <summary>Its name: 1 to 40 characters of a-z 0-9 and the hyphen; it is part of its API keys. Default local.</summary>
    public string Organization { get; set; } = "local";

    /// <summary>Its API key, <c>tg_&lt;organization&gt;_&lt;43 characters&gt;</c>. A secret; only its hash is kept.</summary>
    public string? ApiKey { get; set; }

    /// <summary>What threads call the tracker where a machine acts without a name. Default "The tracker".</summary>
    public string TrackerName { get; set; } = "The tracker";

    /// <summary>True: activities are stored and change the parents, but no replies are posted. Default false.</summary>
    public bool ThreadsOff { get; set; }

    /// <summary>Which activities are posted.</summary>
    public OrganizationPolicyOptions Policy { get; set; } = new();
}

/// <summary>Which activities are posted.</summary>
public sealed class OrganizationPolicyOptions
{
    /// <summary>What becomes of activities of system actors: <c>ignore</c> (default) or <c>post</c>.</summary>
    public SystemActors SystemActors { get; set; } = SystemActors.Ignore;
}

/// <summary>What becomes of activities of system actors.</summary>
public enum SystemActors
{
    /// <summary>Stored, not posted.</summary>
    Ignore,

    /// <summary>Posted like those of people.</summary>
    Post,
}
