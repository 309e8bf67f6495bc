namespace ThreadGrains.Silo;

/// <summary>Where the embedded databases are.</summary>
public sealed class StorageOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains";

    /// <summary>The folder with <c>ledger.db</c> and <c>grains.db</c>, on a local disk; relative to the working directory. Default data.</summary>
    public string Data { get; set; } = "data";
}
