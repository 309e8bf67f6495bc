using System.Globalization;

namespace ThreadGrains.CrashPoints;

/// <summary>What happens to one call of the product's to the ledger or to Slack.</summary>
internal enum Fate
{
    /// <summary>The process is killed before the call has any effect.</summary>
    Before,

    /// <summary>Slack only: the process is killed when half of the request's body has left it.</summary>
    Half,

    /// <summary>The call has its whole effect, and the process is killed before its caller learns of it.</summary>
    After,

    /// <summary>The call has no effect, and its caller, who lives on, is told that nobody knows.</summary>
    Lost,

    /// <summary>The call has its whole effect, and its caller, who lives on, is told that nobody knows.</summary>
    Unanswered,
}

/// <summary>One call of a process, and what happens to it. Written <c>Claim:after:2</c>.</summary>
/// <param name="Place">The ledger's method (<c>Claim</c>) or Slack's (<c>chat.postMessage</c>).</param>
/// <param name="Fate">What happens to the call.</param>
/// <param name="Nth">Which call to that place, counted from 1 in each process.</param>
internal sealed record CrashPoint(string Place, Fate Fate, int Nth = 1)
{
    /// <summary>Whether the process does not outlive it.</summary>
    public bool Kills => Fate is Fate.Before or Fate.Half or Fate.After;

    /// <summary>Slack's methods have a dot in their names, the ledger's have none.</summary>
    public bool IsOfSlack => Place.Contains('.', StringComparison.Ordinal);

    /// <exception cref="FormatException">It does not read like one.</exception>
    public static CrashPoint Parse(string text) => text.Split(':') is [{ Length: > 0 } place, var fate, var nth]
        && Enum.TryParse<Fate>(fate, ignoreCase: true, out var which) && int.TryParse(nth, CultureInfo.InvariantCulture, out int count) && count > 0
        ? new CrashPoint(place, which, count)
        : throw new FormatException($"A crash point reads place:fate:nth, such as Claim:after:2, not '{text}'.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}:{Fate.ToString().ToLowerInvariant()}:{Nth}");
}
