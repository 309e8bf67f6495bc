namespace ThreadGrains.Ledger.Sql;

/// <summary>The right to make one post: <see cref="ILedger.Claim"/>.</summary>
internal sealed class ClaimWrites(WriteSession session)
{
    // The index post_in_flight forbids a second post in flight by itself; asked here as well, so that the answer is "not now".
    private const string PostSql = """
        insert into post (id, thread_id, kind, state, epoch, claimed_at, not_after, read_from, revision)
        select @post, t.id, @kind, 'sending', @epoch, @now, @notAfter,
               case @kind when 'root'
                    then (select n.ts from thread n                  -- the newest root of ours in that channel
                           where n.workspace = t.workspace and n.channel = t.channel and n.ts is not null and not n.adopted
                           order by n.ts desc limit 1)
                    else coalesce((select min(e.read_from)              -- what was in doubt is looked for from where it may stand
                                     from delivery d join post_member m on m.delivery_id = d.id join post e on e.id = m.post_id
                                    where d.id = @head and d.doubted), t.last_ts) end,
               @revision
          from thread t
         where t.id = @thread and t.group_id = @group
           and case @kind when 'root' then t.state = 'posting'       -- without a ts only the root may go
                          else t.state = 'open' and t.ts is not null end
           and t.looked_up                                           -- an adopted parent exists, and is a root
           and not exists (select 1 from post p
                            where p.thread_id = t.id and p.state in ('sending', 'in_doubt'))
           and not exists (select 1 from observation o               -- evidence is looked at before anything goes again
                            where o.thread_id = t.id and o.ended_at is null)
            on conflict do nothing                                   -- a post of that id ended before: no row
        """;

    private const string MemberSql = """
        update delivery
           set state = 'sending', post_id = @post, attempts = attempts + 1, reason = null
         where id = @delivery and thread_id = @thread and state = 'pending'
           and due_at <= @now
           and doubt_post is null                                    -- died out of doubt: that post is read first
           and (kind = 'root') = (@kind = 'root')
           and (kind = 'recap') = (@kind = 'recap')
           and not exists (select 1 from delivery e                  -- order: nothing before it that has not ended,
                            where e.thread_id = @thread and e.position < delivery.position
                              and e.state in ('pending', 'sending', 'in_doubt')
                              and not (e.state = 'sending' and e.post_id = @post))      -- but for its own company
        """;

    private const string ListSql = "insert into post_member (post_id, ordinal, delivery_id) values (@post, @ordinal, @delivery)";

    private readonly Statement _post = session.Connection.Prepare(PostSql);
    private readonly Statement _member = session.Connection.Prepare(MemberSql);
    private readonly Statement _recap = session.Connection.Prepare(ThreadReads.RecapSql);
    private readonly Statement _list = session.Connection.Prepare(ListSql);

    /// <exception cref="ArgumentException">The members do not fit the kind, whatever the tables hold.</exception>
    public Decision<ClaimOutcome> Claim(Claim claim)
    {
        Check(claim);
        if (!session.Fencing.Pass(claim.Fence))
        {
            return Decision<ClaimOutcome>.Dropping(new ClaimOutcome.Fenced());
        }

        long now = session.Now;
        long notAfter = now + Moment.Microseconds(claim.Window);
        if (!RecapIsRipe(claim) || !InsertPost(claim, now, notAfter) || !TakeMembers(claim, now))
        {
            return Decision<ClaimOutcome>.Dropping(new ClaimOutcome.NotNow());
        }

        session.Wake.Recompute(claim.Thread, claim.Fence.Group);
        return Decision<ClaimOutcome>.Keeping(new ClaimOutcome.Claimed(Moment.FromMicroseconds(notAfter)));
    }

    private static void Check(Claim claim)
    {
        if (claim.Members.Count == 0 || (claim.Kind != PostKind.Digest && claim.Members.Count != 1))
        {
            throw new ArgumentException($"A post of kind {claim.Kind} does not carry {claim.Members.Count} deliveries.");
        }

        if (claim.Window <= TimeSpan.Zero)
        {
            throw new ArgumentException("A claim's window must be longer than nothing.");
        }
    }

    /// <summary>A recap goes once all it may have to tell is known, and tells just that.</summary>
    private bool RecapIsRipe(Claim claim)
    {
        if (claim.Kind != PostKind.Recap)
        {
            return true;
        }

        var (told, open) = _recap.Set("@thread", claim.Thread).Set("@recap", claim.Members[0]).One(row => Tuple.Create(row.Int64(0), row.Int64(1)))!;
        return open == 0 && (claim.Tells ?? told) == told;
    }

    private bool InsertPost(Claim claim, long now, long notAfter)
    {
        _post.Set("@post", claim.Post).Set("@thread", claim.Thread).Set("@group", claim.Fence.Group)
            .Set("@kind", Words.Of(claim.Kind)).Set("@epoch", claim.Fence.HeldAfter).Set("@now", now).Set("@notAfter", notAfter)
            .Set("@revision", claim.Revision).Set("@head", claim.Members[0]);
        return _post.Run() == 1;
    }

    private bool TakeMembers(Claim claim, long now)
    {
        for (int i = 0; i < claim.Members.Count; i++)
        {
            _member.Set("@post", claim.Post).Set("@delivery", claim.Members[i]).Set("@thread", claim.Thread)
                .Set("@kind", Words.Of(claim.Kind)).Set("@now", now);
            if (_member.Run() == 0)
            {
                return false;
            }

            _list.Set("@post", claim.Post).Set("@ordinal", i).Set("@delivery", claim.Members[i]).Send();
        }

        return true;
    }
}
