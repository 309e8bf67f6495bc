namespace ThreadGrains.Grains.Workspaces;

/// <summary>
/// The scopes that Slack last named for a workspace's token, and when to ask for them again. Operators see a missing scope before
/// anything is in doubt. Plain and without a clock.
/// </summary>
internal sealed class GrantedScopes
{
    private static readonly TimeSpan Daily = TimeSpan.FromDays(1);
    private static readonly TimeSpan SoonAgain = TimeSpan.FromMinutes(5);

    private DateTimeOffset _askAt = DateTimeOffset.UnixEpoch;

    /// <summary>The vital ones that are missing; null: none is, or Slack has not said yet.</summary>
    public IReadOnlyList<string>? Missing { get; private set; }

    /// <summary>Whether it is time to ask Slack. The caller that gets true asks; others get false for some minutes.</summary>
    public bool TakeTurn(DateTimeOffset now)
    {
        if (now < _askAt)
        {
            return false;
        }

        _askAt = now + SoonAgain;
        return true;
    }

    /// <summary>Forgets the answer, because another token is in use now.</summary>
    public void Forget() => (_askAt, Missing) = (DateTimeOffset.UnixEpoch, null);

    /// <summary>Slack has answered.</summary>
    /// <param name="granted">The scopes that it named; null: none were named.</param>
    /// <param name="now">The moment.</param>
    public void Told(IReadOnlyList<string>? granted, DateTimeOffset now)
    {
        _askAt = now + Daily;
        Missing = InstallationCheck.Missing(granted).Select(scope => scope.Name).ToList() is { Count: > 0 } missing ? missing : null;
    }
}
