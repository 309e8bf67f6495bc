using System.Security.Cryptography;
using System.Text;

namespace ThreadGrains.Ledger.Sql;

/// <summary>Copies that were seen in Slack, and what follows from them: <see cref="ILedger.Observe"/>, <see cref="ILedger.EndObservation(Fence, Guid, Repost?, CancellationToken)"/>.</summary>
internal sealed class EvidenceWrites(WriteSession session)
{
    private const string AppendSql = """
        insert into observation (id, thread_id, post_id, ts, what, seen_by, seen_at)
        values (@id, @thread, @post, @ts, @what, @seenBy, @now)
            on conflict (post_id, ts) do nothing
        """;

    private const string FindSql = """
        select post_id, ts, what, ended_at is not null from observation where id = @observation
        """;

    // Found several while nothing is named: the lowest stays.
    private const string LowestSql = """
        select id from observation
         where thread_id = @thread and post_id = @post and ended_at is null and what <> 'orphan'
         order by ts limit 1
        """;

    private const string EndSql = """
        update observation set ended_at = @now, ended_as = @as where id = @observation
        """;

    private const string OtherInFlightSql = """
        select 1 from post where thread_id = @thread and state in ('sending', 'in_doubt') and id <> @post
        """;

    // A member that is not in the table any more is in history: it ended, by another copy or in a closed thread. One that a
    // recap tells, which has begun or is in history itself, stands there.
    private const string MembersSql = """
        select d.id, d.state, d.post_id, d.doubted,
               d.recap_id is not null
               and not exists (select 1 from delivery r where r.id = d.recap_id and r.state in ('pending', 'dead', 'cancelled'))
          from post_member m left join delivery d on d.id = m.delivery_id
         where m.post_id = @post order by m.ordinal
        """;

    private const string ShownSql = """
        update delivery
           set state = 'sent', post_id = @post, reason = null, doubt_post = null, finished_at = @now
         where id = @delivery
        """;

    private const string NameSql = """
        update post
           set state = 'sent', ending = 'sent', slack_ts = @ts, reason = null, ended_at = @now, read_at = null, verify_at = @verifyAt
         where id = @post
        """;

    private readonly Statement _append = session.Connection.Prepare(AppendSql);
    private readonly Statement _find = session.Connection.Prepare(FindSql);
    private readonly Statement _lowest = session.Connection.Prepare(LowestSql);
    private readonly Statement _end = session.Connection.Prepare(EndSql);
    private readonly Statement _otherInFlight = session.Connection.Prepare(OtherInFlightSql);
    private readonly Statement _members = session.Connection.Prepare(MembersSql);
    private readonly Statement _shown = session.Connection.Prepare(ShownSql);
    private readonly Statement _name = session.Connection.Prepare(NameSql);

    public Decision<WriteOutcome> Observe(Guid id, string ts, string what, string seenBy)
    {
        if (session.Results.Find(id) is not { } post)
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        Append(post, ts, what, seenBy, session.Now);
        session.Wake.Recompute(post.Thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    /// <summary>Writes down a copy that the ledger does not know yet. The caller recomputes when the thread wakes.</summary>
    public void Append(PostFacts post, string ts, string what, string seenBy, long now)
    {
        // Slack tells of every message that we post: of the copy that is named already nothing follows.
        if (post.State == PostState.Sent && post.SlackTs == ts)
        {
            return;
        }

        _append.Set("@id", DerivedId.Of("observation", post.Id, ts, now)).Set("@thread", post.Thread).Set("@post", post.Id)
            .Set("@ts", ts).Set("@what", what).Set("@seenBy", seenBy).Set("@now", now).Run();
    }

    public Decision<WriteOutcome> End(Fence fence, Guid observation, Repost? repost)
    {
        if (!session.Fencing.Pass(fence))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.Fenced);
        }

        if (Find(observation) is not { } seen || seen.Post.Group != fence.Group)
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        if (!seen.IsEnded && !End(observation, seen, repost, session.Now))
        {
            return Decision<WriteOutcome>.Dropping(WriteOutcome.NotPossible);
        }

        session.Wake.Recompute(seen.Post.Thread);
        return Decision<WriteOutcome>.Keeping(WriteOutcome.Done);
    }

    private sealed record Seen(PostFacts Post, string Ts, string What, bool IsEnded);

    private Seen? Find(Guid observation)
    {
        if (!_find.Set("@observation", observation).Step())
        {
            return null;
        }

        var (post, ts, what, ended) = (_find.Id(0), _find.Text(1), _find.Text(2), _find.Flag(3));
        _find.Reset();
        return new Seen(session.Results.Find(post)!, ts, what, ended);
    }

    /// <returns>False: another post of the thread is in flight; what it comes to has to be known first.</returns>
    private bool End(Guid observation, Seen seen, Repost? repost, long now)
    {
        _otherInFlight.Set("@thread", seen.Post.Thread).Set("@post", seen.Post.Id);
        if (_otherInFlight.Step())
        {
            _otherInFlight.Reset();
            return false;
        }

        if (seen.What == "orphan")
        {
            EndOrphan(observation, seen, repost, now);
            return true;
        }

        var lowest = _lowest.Set("@thread", seen.Post.Thread).Set("@post", seen.Post.Id).One(row => (object)row.Id(0)) as Guid?;
        if (lowest is { } first && first != observation && Find(first) is { } lower)
        {
            EndCopy(first, lower, now);
            seen = seen with { Post = session.Results.Find(seen.Post.Id)! };
        }

        EndCopy(observation, seen, now);
        return true;
    }

    private void EndOrphan(Guid observation, Seen seen, Repost? repost, long now)
    {
        if (seen.Post.IsInFlight)
        {
            session.Results.Write(seen.Post, new PostResult.Orphaned(seen.Ts, repost), now);
            return;
        }

        // It landed in the channel because the parent is gone; its deliveries are whatever they came to since.
        session.Cleanups.Demand(seen.Post, seen.Ts, "orphan", now);
        session.Reposts.Close(seen.Post.Thread, "parent_gone", repost, null, now);
        Mark(observation, "orphan", now);
    }

    private void EndCopy(Guid observation, Seen seen, long now)
    {
        var post = seen.Post;
        if (post.IsInFlight)
        {
            long verifyAt = now + Moment.Microseconds(session.Times.VerifyAfter);
            session.Results.Write(post, new PostResult.Sent(seen.Ts, Moment.FromMicroseconds(verifyAt)), now);
            return;                                                    // which ends the observation of that copy, too
        }

        if (session.Cleanups.IsNamed(post, seen.Ts))
        {
            Mark(observation, "known", now);
            return;
        }

        var members = _members.Set("@post", post.Id).All(row => (
            Id: row.IdOrNull(0), State: row.TextOrNull(1), Post: row.IdOrNull(2), Doubted: !row.IsNull(3) && row.Flag(3), Told: row.Flag(4)));
        if (members.Any(member => member.Id is null || member.State == "sent" || member.Told))
        {
            session.Cleanups.Demand(post, seen.Ts, "second_copy", now);
            Mark(observation, "second_copy", now);
            return;
        }

        foreach (var member in members)
        {
            _shown.Set("@delivery", member.Id!.Value).Set("@post", post.Id).Set("@now", now).Run();
        }

        session.Members.Count(post.Thread, sent: members.Count,
            dead: -members.Count(member => member.State == "dead"),
            cancelled: -members.Count(member => member.State == "cancelled"));
        _name.Set("@post", post.Id).Set("@ts", seen.Ts).Set("@now", now)
            .Set("@verifyAt", members.Any(member => member.Doubted) ? now + Moment.Microseconds(session.Times.VerifyAfter) : null).Run();
        session.Results.Stands(post, seen.Ts, now);
        if (post.ThreadIsClosed)
        {
            session.Reposts.DropEmpty(post.Id, now);
        }

        Mark(observation, "sent", now);
    }

    private void Mark(Guid observation, string endedAs, long now) =>
        _end.Set("@observation", observation).Set("@as", endedAs).Set("@now", now).Run();
}

/// <summary>
/// Ids of rows that the ledger makes itself: UUID v7 whose random part is drawn from what the row is unique by, so that the
/// same history gives the same ids.
/// </summary>
internal static class DerivedId
{
    public static Guid Of(string kind, Guid post, string ts, long now)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{post:N}:{ts}"), bytes);
        long milliseconds = now / 1000;
        for (int i = 5; i >= 0; i--)
        {
            bytes[i] = (byte)milliseconds;
            milliseconds >>= 8;
        }

        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }
}
