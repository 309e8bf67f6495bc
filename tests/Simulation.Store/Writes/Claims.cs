using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Store.Rows;

namespace ThreadGrains.Simulation.Store.Writes;

/// <summary><see cref="ILedger.Claim"/>.</summary>
internal sealed class Claims(MemoryTables tables)
{
    /// <exception cref="ArgumentException">The members do not fit the kind, whatever the tables hold.</exception>
    public ClaimOutcome Claim(Claim claim, DateTimeOffset now)
    {
        if (claim.Members.Count == 0 || (claim.Members.Count > 1 && claim.Kind != PostKind.Digest))
        {
            throw new ArgumentException($"A post of kind {claim.Kind} does not carry {claim.Members.Count} deliveries.");
        }

        if (claim.Window <= TimeSpan.Zero)
        {
            throw new ArgumentException("A claim's window must be longer than nothing.");
        }

        if (tables.Admitted(claim.Fence) is not { } group)
        {
            return new ClaimOutcome.Fenced();
        }

        if (tables.Threads.GetValueOrDefault(claim.Thread) is not { } thread || thread.Group != group
            || tables.Posts.ContainsKey(claim.Post) || !IsReady(thread, claim.Kind) || Members(thread, claim, now) is not { } members)
        {
            return new ClaimOutcome.NotNow();
        }

        group.Take(claim.Fence);
        var post = new PostEntry(claim.Post, thread, claim.Kind, members)
        {
            Epoch = group.Epoch,
            ClaimedAt = now,
            NotAfter = now + claim.Window.Whole(),
            ReadFrom = claim.Kind == PostKind.Root ? tables.NewestRoots.GetValueOrDefault((thread.Workspace, thread.Channel))
                : (members[0].Doubted ? members[0].Posts.Select(earlier => earlier.ReadFrom).Where(from => from is not null).Min(StringComparer.Ordinal) : null) ?? thread.LastTs,
            Revision = claim.Revision,
        };
        tables.Add(post);
        thread.InFlight = post;
        foreach (var member in members)
        {
            thread.Move(member, DeliveryState.Sending);
            member.Post = post;
            member.Attempts++;
            member.Reason = null;
        }

        thread.RenewWake();
        return new ClaimOutcome.Claimed(post.NotAfter);
    }

    /// <summary>Whether a post of that kind may go into the thread at all.</summary>
    private static bool IsReady(ThreadEntry thread, PostKind kind) =>
        thread.State == (kind == PostKind.Root ? ThreadState.Posting : ThreadState.Open)
        && thread.LookedUp
        && thread.InFlight is null
        && thread.OpenObservations.Count == 0;

    /// <returns>The members, next in line without a gap, due and of that kind; null: they are not.</returns>
    private static List<DeliveryEntry>? Members(ThreadEntry thread, Claim claim, DateTimeOffset now)
    {
        if (claim.Members.Count > thread.Line.Count)
        {
            return null;
        }

        var members = new List<DeliveryEntry>(claim.Members.Count);
        foreach (var id in claim.Members)
        {
            var next = thread.Line.Values[members.Count];
            if (next.Id != id || next.State != DeliveryState.Pending || next.DueAt > now || next.DoubtPost is not null
                || (next.Kind == DeliveryKind.Root) != (claim.Kind == PostKind.Root)
                || (next.Kind == DeliveryKind.Recap) != (claim.Kind == PostKind.Recap))
            {
                return null;
            }

            members.Add(next);
        }

        return claim.Kind != PostKind.Recap || IsRipe(members[0], claim.Tells) ? members : null;
    }

    /// <summary>A recap goes once all that it may have to tell is known, and tells just what was read.</summary>
    private static bool IsRipe(DeliveryEntry recap, int? tells) =>
        !Recaps.Waits(recap) && (tells is not { } count || count == recap.Told.Count(told => told.IsTold));
}
