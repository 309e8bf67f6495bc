namespace ThreadGrains.Groups;

/// <summary>The activity types that are posted. Others are answered with <c>ignored</c>, <c>unsupported_type</c>.</summary>
public static class ActivityTypes
{
    /// <summary>Somebody marked the group as resolved.</summary>
    public const string Resolved = "resolved";

    /// <summary>Resolved after a time without events; data <c>age?</c> in hours.</summary>
    public const string ResolvedByAge = "resolved_by_age";

    /// <summary>Resolved by a release; data <c>version?</c>.</summary>
    public const string ResolvedInRelease = "resolved_in_release";

    /// <summary>Resolved by a commit; data <c>commit</c>, <c>repository?</c>, <c>url?</c>.</summary>
    public const string ResolvedInCommit = "resolved_in_commit";

    /// <summary>A pull request that will resolve it; data <c>number</c>, <c>repository?</c>, <c>url?</c>. Changes no status.</summary>
    public const string ResolvedInPullRequest = "resolved_in_pull_request";

    /// <summary>A commit mentions the group; data <c>commit?</c>, <c>repository?</c>, <c>url?</c>.</summary>
    public const string ReferencedInCommit = "referenced_in_commit";

    /// <summary>Opened again by somebody.</summary>
    public const string Unresolved = "unresolved";

    /// <summary>Came back; data <c>version?</c>.</summary>
    public const string Regressed = "regressed";

    /// <summary>
    /// Archived; data <c>until?</c> (an RFC 3339 time, or a word of <see cref="ArchiveConditions"/>), <c>duration?</c> (minutes),
    /// <c>count?</c>, <c>forever?</c>.
    /// </summary>
    public const string Archived = "archived";

    /// <summary>Happens more than foreseen; data <c>forecast?</c>.</summary>
    public const string Escalating = "escalating";

    /// <summary>Given to somebody; data <c>assignee</c>, <c>assigneeType</c> (<c>user</c> or <c>team</c>).</summary>
    public const string Assigned = "assigned";

    /// <summary>Taken from whoever had it.</summary>
    public const string Unassigned = "unassigned";

    /// <summary>A comment; data <c>text</c>.</summary>
    public const string Note = "note";

    /// <summary>A ticket elsewhere; data <c>provider</c>, <c>label?</c>, <c>url?</c>.</summary>
    public const string ExternalIssueCreated = "external_issue_created";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Resolved, ResolvedByAge, ResolvedInRelease, ResolvedInCommit, ResolvedInPullRequest, ReferencedInCommit,
        Unresolved, Regressed, Archived, Escalating, Assigned, Unassigned, Note, ExternalIssueCreated,
    ];
}
