namespace ThreadGrains.WebhookGateway.Problems;

/// <summary>A kind of problem: a stable word, its status and title.</summary>
internal sealed record ProblemKind(string Reason, int Status, string Title, TimeSpan? RetryAfter = null)
{
    /// <summary>A name and no address: nothing has to answer there for it to stay the same.</summary>
    public string Type => $"urn:threadgrains:problem:{Reason}";
}

/// <summary>Every kind of problem that the API answers with. The words are part of the API.</summary>
internal static class ProblemKinds
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public static readonly ProblemKind InvalidRequest = new("invalid_request", 400, "The request is not of the form that is documented");
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, "A valid API key is needed");
    public static readonly ProblemKind NotFound = new("not_found", 404, "There is nothing here");
    public static readonly ProblemKind MethodNotAllowed = new("method_not_allowed", 405, "This address does not know the method");
    public static readonly ProblemKind Timeout = new("request_timeout", 408, "The request arrived too slowly");
    public static readonly ProblemKind IdReused = new("id_reused", 409, "The id was used before for other content");
    public static readonly ProblemKind MessageTaken = new("message_taken", 409, "The message belongs to another thread");
    public static readonly ProblemKind ThreadExists = new("thread_exists", 409, "The group has a thread in this channel already");
    public static readonly ProblemKind NotDead = new("not_dead", 409, "The delivery is not dead");
    public static readonly ProblemKind ThreadClosed = new("thread_closed", 409, "The delivery's thread is closed");
    public static readonly ProblemKind AlreadyClosed = new("already_closed", 409, "The thread is closed already");
    public static readonly ProblemKind NotClosed = new("not_closed", 409, "The thread is open");
    public static readonly ProblemKind NoParent = new("no_parent", 409, "There is no message to go on under");
    public static readonly ProblemKind NotInDoubt = new("not_in_doubt", 409, "The delivery is not in doubt");
    public static readonly ProblemKind NoKey = new("no_key", 409, "No encryption key is configured");
    public static readonly ProblemKind WorkspaceTaken = new("workspace_taken", 409, "The workspace is connected to another organization");
    public static readonly ProblemKind TooLarge = new("too_large", 413, "The body is too large");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupported_media_type", 415, "The body's media type is not understood here");
    public static readonly ProblemKind UnknownWorkspace = new("unknown_workspace", 422, "The workspace is not one of yours");
    public static readonly ProblemKind NoChannel = new("no_channel", 422, "There is no channel to announce in");
    public static readonly ProblemKind TokenRefused = new("token_refused", 422, "Slack refuses the token");
    public static readonly ProblemKind OtherTeam = new("other_team", 422, "The token belongs to another workspace");
    public static readonly ProblemKind Busy = new("busy", 429, "Too much is waiting", Soon);
    public static readonly ProblemKind RateLimited = new("rate_limited", 429, "Too many requests", Soon);
    public static readonly ProblemKind HeadersTooLarge = new("headers_too_large", 431, "The headers are too large");
    public static readonly ProblemKind Internal = new("internal", 500, "Something went wrong on our side");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "It cannot be taken now", Soon);
    public static readonly ProblemKind NotTried = new("not_tried", 503, "An earlier line of the same group was refused", Soon);
    public static readonly ProblemKind NotReady = new("not_ready", 503, "Not ready", Soon);

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        InvalidRequest, Unauthenticated, NotFound, MethodNotAllowed, Timeout, IdReused, MessageTaken, ThreadExists, NotDead, ThreadClosed,
        AlreadyClosed, NotClosed, NoParent, NotInDoubt, NoKey, WorkspaceTaken, TooLarge, UnsupportedMediaType, UnknownWorkspace, NoChannel,
        TokenRefused, OtherTeam, Busy, RateLimited, HeadersTooLarge, Internal,
        Unavailable, NotTried, NotReady,
    ];

    /// <summary>The kind for a status that the framework gave without a body.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => Timeout,
        413 => TooLarge,
        415 => UnsupportedMediaType,
        431 => HeadersTooLarge,
        >= 500 => Internal,
        _ => InvalidRequest,
    };
}
