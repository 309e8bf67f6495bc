namespace ThreadGrains.Chaos.Nemesis;

/// <summary>What happens when, drawn from a seed. Pure: the same seed and rhythms give the same plan.</summary>
internal static class NemesisPlan
{
    /// <param name="seed">The seed.</param>
    /// <param name="rhythms">What is to happen how often.</param>
    /// <param name="members">How many members there are.</param>
    /// <param name="until">When the last blow may fall.</param>
    /// <returns>In the order of time. No blow falls on a member that is frozen or cut off at that moment: it would undo it.</returns>
    public static IReadOnlyList<Strike> Draw(int seed, IReadOnlyList<Rhythm> rhythms, int members, TimeSpan until)
    {
        var chance = new Random(seed);
        var wanted = rhythms.SelectMany(rhythm => Moments(rhythm, until).Select(at => (At: at, Rhythm: rhythm))).OrderBy(pair => pair.At).ThenByDescending(pair => pair.Rhythm.Length);
        var plan = new List<Strike>();
        var busyUntil = new TimeSpan[members];
        foreach (var (at, rhythm) in wanted)
        {
            var free = Enumerable.Range(0, members).Where(member => busyUntil[member] <= at).ToList();
            double draw = chance.NextDouble();
            if (free.Count == 0)
            {
                continue;
            }

            int member = free[chance.Next(free.Count)];
            var length = rhythm.Length * (0.8 + (0.2 * draw));
            busyUntil[member] = at + length;
            plan.Add(new Strike(at, rhythm.Blow, member, length));
        }

        return plan;
    }

    private static IEnumerable<TimeSpan> Moments(Rhythm rhythm, TimeSpan until)
    {
        var at = rhythm.First;
        for (int blow = 0; blow < rhythm.Times && at < until; blow++, at += rhythm.Every)
        {
            yield return at;
        }
    }
}
