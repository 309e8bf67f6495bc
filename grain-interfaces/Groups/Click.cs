namespace ThreadGrains.Groups;

/// <summary>A verified click on a message of ours.</summary>
/// <param name="Address">Workspace and channel of the message.</param>
/// <param name="MessageTs">Slack's <c>ts</c> of the message.</param>
/// <param name="ActionId">Which button; one of <see cref="ClickActions"/>.</param>
/// <param name="ActionTs">Slack's <c>action_ts</c>: together with message, user and action it makes the click's id.</param>
/// <param name="User">Slack's id of the person.</param>
/// <param name="UserName">The payload's name of the person, where users.info cannot tell a better one.</param>
/// <param name="MarkerPost">The post named by the marker in the clicked message, where it has one.</param>
/// <param name="UserTeam">The workspace of the person, or the organization on Enterprise Grid; null: Slack did not say.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.Click")]
public sealed record Click(
    [property: Id(0)] ChannelAddress Address,
    [property: Id(1)] string MessageTs,
    [property: Id(2)] string ActionId,
    [property: Id(3)] string ActionTs,
    [property: Id(4)] string User,
    [property: Id(5)] string? UserName = null,
    [property: Id(6)] Guid? MarkerPost = null,
    [property: Id(7)] string? UserTeam = null);

/// <summary>The buttons of an announcement.</summary>
public static class ClickActions
{
    /// <summary>Resolve.</summary>
    public const string Resolve = "tg.resolve";

    /// <summary>Unresolve.</summary>
    public const string Unresolve = "tg.unresolve";

    /// <summary>Archive.</summary>
    public const string Archive = "tg.archive";

    /// <summary>Assign to me.</summary>
    public const string AssignMe = "tg.assign_me";
}

/// <summary>What became of a click. The person is told by an ephemeral message where nothing changed.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Sequence">The activity's sequence, where one was made.</param>
[GenerateSerializer, Immutable, Alias("threadgrains.ClickReceipt")]
public sealed record ClickReceipt([property: Id(0)] ClickOutcome Outcome, [property: Id(1)] long? Sequence = null);

/// <summary>What became of a click.</summary>
[GenerateSerializer, Alias("threadgrains.ClickOutcome")]
public enum ClickOutcome
{
    /// <summary>It became an activity.</summary>
    Changed = 0,

    /// <summary>The same click came before.</summary>
    Duplicate = 1,

    /// <summary>The group is already as asked; the person was told who did it.</summary>
    NothingToDo = 2,

    /// <summary>The message is no parent notification of this group, or the button is not one of ours.</summary>
    NotOurs = 3,

    /// <summary>The ledger cannot take it now (HTTP 503).</summary>
    Unavailable = 4,

    /// <summary>Somebody of another company, in a shared channel, who may change nothing; the person was told so.</summary>
    Stranger = 5,
}
