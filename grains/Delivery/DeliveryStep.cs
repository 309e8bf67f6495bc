using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>What to do next for a thread.</summary>
internal abstract record DeliveryStep
{
    private DeliveryStep()
    {
    }

    /// <summary>Let a piece of evidence have its effect.</summary>
    public sealed record EndObservation(Guid Observation) : DeliveryStep;

    /// <summary>Delete a message of ours that must go.</summary>
    public sealed record CleanUp(CleanupRow Cleanup) : DeliveryStep;

    /// <summary>A row in sending, nobody's any more: in doubt from now on.</summary>
    public sealed record BeginDoubt(PostRow Row, DateTimeOffset ReadAt) : DeliveryStep;

    /// <summary>Look for a post in doubt.</summary>
    public sealed record Read(PostRow Row) : DeliveryStep;

    /// <summary>The head was replayed after it died in doubt: its old post is read before anything is sent.</summary>
    public sealed record Reopen(Guid Doubtful, DateTimeOffset ReadAt) : DeliveryStep;

    /// <summary>Look up the parent that somebody else posted.</summary>
    public sealed record LookUp : DeliveryStep;

    /// <summary>What waited too long for a parked channel is dead.</summary>
    public sealed record Expire(DateTimeOffset AcceptedBefore) : DeliveryStep;

    /// <summary>Post these deliveries as one message.</summary>
    public sealed record Post(PostKind Kind, IReadOnlyList<DeliveryRow> Members) : DeliveryStep;

    /// <summary>Look for a second copy of a post that was sent again out of doubt.</summary>
    public sealed record Verify(PostRow Sent) : DeliveryStep;

    /// <summary>Nothing is due before the moment given; null: nothing at all.</summary>
    public sealed record Wait(DateTimeOffset? Until) : DeliveryStep;
}

/// <summary>What a lane has to know of a post's outcome.</summary>
internal abstract record LaneReport
{
    private LaneReport()
    {
    }

    /// <summary>It went through.</summary>
    public sealed record Went : LaneReport;

    /// <summary>Slack asks to slow down.</summary>
    public sealed record Throttled(TimeSpan? RetryAfter, bool WorkspaceWide) : LaneReport;

    /// <summary>Nothing can be posted into the channel.</summary>
    public sealed record ChannelTrouble(string Error) : LaneReport;

    /// <summary>It is not Slack that answers: nobody knows what became of the post, and the workspace waits until Slack says who we are.</summary>
    /// <param name="Status">The HTTP status, in digits.</param>
    public sealed record NotSlack(string Status) : LaneReport;

    /// <summary>The installation's token or rights are gone.</summary>
    public sealed record WorkspaceTrouble(string Error) : LaneReport
    {
        /// <summary>Where a scope is missing: what Slack says of it.</summary>
        public MissingScope? Missing { get; init; }
    }

    /// <summary>Nobody knows what became of it. Many of these say that Slack does not answer.</summary>
    public sealed record Unanswered : LaneReport;

    /// <summary>It ended, and the lanes learn nothing else from it.</summary>
    public sealed record Ended : LaneReport;

    /// <summary>We built a bad request. One is our bug in one message; several in a row say that something stands between us and Slack.</summary>
    public sealed record BadRequest(Guid Delivery, string Error) : LaneReport;
}

/// <summary>What a post's outcome means: what the ledger keeps of it, and what the lanes must know.</summary>
internal sealed record PostDecision(PostResult Result, LaneReport Report);

/// <summary>What a look for a post in doubt found.</summary>
internal abstract record ReadEvidence
{
    private ReadEvidence()
    {
    }

    /// <summary>It stands where it should. Further copies, if any, are second ones.</summary>
    public sealed record Found(string Ts, IReadOnlyList<string> FurtherCopies) : ReadEvidence;

    /// <summary>A reply stands in the channel itself.</summary>
    public sealed record FoundOutside(string Ts) : ReadEvidence;

    /// <summary>Every page was read, and it is not there.</summary>
    public sealed record Absent(bool ParentGone) : ReadEvidence;

    /// <summary>It could not be read to the end.</summary>
    public sealed record Unreadable(string Reason, TimeSpan? RetryAfter) : ReadEvidence
    {
        /// <summary>Slack refuses to show the conversation, and will until a person does something: it is asked less and less often.</summary>
        public bool IsRefused { get; init; }
    }
}

/// <summary>What a look means: a step of the doubt, or a result for the post.</summary>
internal abstract record ReadDecision
{
    private ReadDecision()
    {
    }

    /// <summary>Evidence: the post's result, and second copies to be written down.</summary>
    public sealed record Result(PostResult Outcome, IReadOnlyList<string> FurtherCopies) : ReadDecision;

    /// <summary>No evidence: the doubt goes on or ends.</summary>
    public sealed record Step(DoubtStep Doubt) : ReadDecision;
}
