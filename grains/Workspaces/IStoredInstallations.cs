namespace ThreadGrains.Grains.Workspaces;

/// <summary>The rows of grain state that hold installations, as the database has them: whoever must miss none asks here.</summary>
public interface IStoredInstallations
{
    /// <summary>The next workspaces with a stored installation, always in the same order.</summary>
    /// <param name="after">Only those behind this one; null: from the beginning.</param>
    /// <param name="most">At most so many; fewer: there are no more.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<IReadOnlyList<string>> After(string? after, int most, CancellationToken cancellation);
}
