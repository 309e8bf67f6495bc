using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Scheduling;
using ThreadGrains.Simulation.Slack;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Simulation.Checks;

/// <summary>
/// What must hold whenever bytes leave for Slack and whenever Slack stores a message: P4 order, one post of a thread under way,
/// nobody outside its window; P5 no second copy without a licence; and nothing posted that was not claimed.
/// </summary>
internal sealed class PostingCheck(Books books, RowCheck rows)
{
    private readonly Dictionary<Guid, PostFact> _underWay = [];
    private readonly HashSet<Guid> _licensed = [];
    private readonly Dictionary<Guid, List<StoredMessage>> _copies = [];
    private readonly HashSet<(string Channel, string Ts)> _staleEdits = [];

    /// <summary>An edit of this message left after its window, by licence: which card it shows at the end is chance.</summary>
    public bool MayBeStale(string channel, string ts) => _staleEdits.Contains((channel, ts));

    /// <summary>Something of some post is still on its way to Slack.</summary>
    public bool IsUnderWay => _underWay.Count > 0;

    /// <summary>All copies of a delivery that were ever stored.</summary>
    public IReadOnlyList<StoredMessage> CopiesOf(Guid delivery) => _copies.TryGetValue(delivery, out var copies) ? copies : [];

    /// <summary>The first byte of a post leaves.</summary>
    /// <returns>The licence under which it does; null: none is needed.</returns>
    public string? BytesLeave(Guid post, string? thread, DateTimeOffset now, Node node, bool frozenSinceLook)
    {
        if (!books.Posts.TryGetValue(post, out var claimed))
        {
            throw new BrokenPromise("P1", $"Post {post} is sent, and no claim of it was ever taken.");
        }

        if ((claimed.Kind == PostKind.Root) != (thread is null))
        {
            throw new BrokenPromise("P4", $"Post {post} of kind {claimed.Kind} is sent {(thread is null ? "into the channel" : "into a thread")}.");
        }

        string? licence = null;
        if (now > claimed.NotAfter)
        {
            licence = frozenSinceLook ? "frozen at the socket"
                : node.ClocksLiedAt is { } lied && lied >= claimed.NotAfter - TimeSpan.FromSeconds(30) ? "both clocks lied"
                : throw new BrokenPromise("P4", $"{node.Name} sends post {post} {(now - claimed.NotAfter).TotalSeconds:0.###} s after its window.");
            _licensed.Add(post);
        }

        if (licence is null && _underWay.Values.FirstOrDefault(other => other.Thread.Id == claimed.Thread.Id && !MayOverlap(other)) is { } other)
        {
            throw new BrokenPromise("P4", $"Post {post} is sent while post {other.Id} of the same thread is under way.");
        }

        _underWay[post] = claimed;
        return licence;
    }

    /// <summary>It left late by licence, or an operator did not want to wait for it.</summary>
    private bool MayOverlap(PostFact underWay) => _licensed.Contains(underWay.Id) || underWay.Members.Any(member => member.OperatorsChoice is not null);

    /// <summary>Nothing of the post is under way any more.</summary>
    public void IsOver(Guid post) => _underWay.Remove(post);

    /// <summary>The first byte of an edit leaves. One that leaves late by licence may bring back an older card, and nobody knows.</summary>
    public void EditLeaves(MessageUpdate update, DateTimeOffset now, Node node)
    {
        if (node.ClocksLiedAt is { } lied && lied > now - TimeSpan.FromSeconds(30))
        {
            _staleEdits.Add((update.Channel, update.Ts.ToString()));
        }
    }

    /// <summary>The ledger knows of a copy of a post.</summary>
    public void Known(PostFact post, string ts)
    {
        foreach (var copy in post.Members.SelectMany(member => CopiesOf(member.Id)).Where(copy => copy.Post == post.Id && copy.Ts.ToString() == ts))
        {
            copy.WasTold = true;
        }
    }

    /// <summary>A verification of a post was brought to its end: other copies of what it carries stood there to be seen.</summary>
    public void Verified(PostFact post, DateTimeOffset now)
    {
        var begun = now - TimeSpan.FromSeconds(45);
        foreach (var copy in post.Members.SelectMany(member => CopiesOf(member.Id)).Where(copy => copy.At < begun && copy.HiddenUntil < begun && copy.ThreadTs == copy.AskedFor))
        {
            copy.WasTold = true;
        }
    }

    /// <summary>Slack stores a message.</summary>
    public void Stored(StoredMessage message)
    {
        var post = books.Posts[message.Post];
        foreach (var (place, member) in post.Members.Index())
        {
            var copies = _copies.TryGetValue(member.Id, out var known) ? known : _copies[member.Id] = [];
            if (message.Licence is null)
            {
                CheckCopies(message, member, copies);
                CheckOrder(message, [.. post.Members.Take(place)], member, copies.Count == 0);
            }

            copies.Add(message);
        }
    }

    /// <summary>
    /// Whether nobody could have known of the copy when it was sent again: it left late by licence, or Slack hid it from every
    /// complete look after it was stored. Without a known end both looks come after all bytes; with one the first may come before
    /// what Slack itself still holds (design 5.4).
    /// </summary>
    public bool IsLicensed(StoredMessage copy) =>
        copy.Licence is not null || copy.HiddenFrom >= 2
        || (copy.HiddenFrom == 1 && books.Posts[copy.Post].LookedForAt is { } looked && copy.At > looked - TimeSpan.FromSeconds(5));

    private void CheckCopies(StoredMessage message, DeliveryFact member, List<StoredMessage> copies)
    {
        foreach (var copy in copies.Where(copy => !copy.IsDeleted))
        {
            if (!IsLicensed(copy) && member.OperatorsChoice is null)
            {
                throw new BrokenPromise("P5", $"A second copy of {member} becomes visible: {message}; the first: {copy}.");
            }
        }
    }

    private void CheckOrder(StoredMessage message, IReadOnlyList<DeliveryFact> above, DeliveryFact member, bool first)
    {
        // What an operator gave up on and replayed stands further down by now; the bytes of the former try may arrive all the same,
        // and before the replay as well.
        bool isOfAFormerTry = member.OperatorsChoice is not null
            && (rows.Rows[member.Id].Post != message.Post || rows.StateOf(member.Id) == DeliveryState.Pending || books.Posts[message.Post].WasGivenUp);
        if (!first || isOfAFormerTry)
        {
            return;
        }

        foreach (var earlier in member.Thread.Deliveries.Where(earlier => earlier.Position < member.Position && !above.Contains(earlier)))
        {
            if (rows.StateOf(earlier.Id) is DeliveryState.Pending or DeliveryState.Sending or DeliveryState.InDoubt)
            {
                throw new BrokenPromise("P4", $"{member} is posted ({rows.StateOf(member.Id)}) before {earlier}, which has not ended ({rows.StateOf(earlier.Id)}): {message}.");
            }
        }
    }
}
