using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Slack.Payloads;

/// <summary>
/// What a person did with something of ours in Slack. Everything in it came through that person's client: pointers to look
/// things up with, never proofs. None of it prints more than its type.
/// </summary>
public abstract record InteractivePayload
{
    private InteractivePayload()
    {
    }

    /// <summary>Slack's own name of the type.</summary>
    public required string Type { get; init; }

    /// <summary>The installation that it came through.</summary>
    public required PayloadWorkspace Workspace { get; init; }

    /// <summary>The app; null only in payloads of old kinds.</summary>
    public string? ApiAppId { get; init; }

    /// <summary>The workspace to look the installation up with.</summary>
    public string? TeamId => Workspace.TeamId;

    /// <summary>The organization, on Enterprise Grid.</summary>
    public string? EnterpriseId => Workspace.EnterpriseId;

    /// <summary>Only the type.</summary>
    public sealed override string ToString() => Type;

    /// <summary>Clicks and choices in a message or view.</summary>
    public sealed record BlockActions : InteractivePayload
    {
        /// <summary>Who did it.</summary>
        public required PayloadUser User { get; init; }

        /// <summary>What was done: in practice one action, and several are handled.</summary>
        public required IReadOnlyList<PayloadAction> Actions { get; init; }

        /// <summary>Where it was done.</summary>
        public required PayloadContainer Container { get; init; }

        /// <summary>The channel; null in views.</summary>
        public PayloadChannel? Channel { get; init; }

        /// <summary>The message; null in views, and where the message was ephemeral.</summary>
        public PayloadMessage? Message { get; init; }

        /// <summary>The view, where it was done in one.</summary>
        public PayloadView? View { get; init; }

        /// <summary>The right to open a view.</summary>
        public TriggerId? TriggerId { get; init; }

        /// <summary>Where it may be answered; null in views.</summary>
        public ResponseUrl? ResponseUrl { get; init; }

        /// <summary>The message that was clicked, also if it is not shown.</summary>
        public SlackTs? MessageTs => Message?.Ts ?? Container.MessageTs;

        /// <summary>The thread of that message; null: it is in none, or is a parent without replies.</summary>
        public SlackTs? ThreadTs => Message?.ThreadTs ?? Container.ThreadTs;

        /// <summary>The channel's id, wherever it stands.</summary>
        public string? ChannelId => Channel?.Id ?? Container.ChannelId;
    }

    /// <summary>A modal was submitted.</summary>
    public sealed record ViewSubmission : InteractivePayload
    {
        /// <summary>Who did it.</summary>
        public required PayloadUser User { get; init; }

        /// <summary>The view with its inputs.</summary>
        public required PayloadView View { get; init; }

        /// <summary>The right to open a view.</summary>
        public TriggerId? TriggerId { get; init; }

        /// <summary>Only where an input asked for them.</summary>
        public IReadOnlyList<PayloadResponseUrl> ResponseUrls { get; init; } = [];
    }

    /// <summary>A modal that wanted to be told of it was closed.</summary>
    public sealed record ViewClosed : InteractivePayload
    {
        /// <summary>Who did it.</summary>
        public required PayloadUser User { get; init; }

        /// <summary>The view.</summary>
        public required PayloadView View { get; init; }

        /// <summary>The whole stack went.</summary>
        public bool IsCleared { get; init; }
    }

    /// <summary>A shortcut in a message's menu.</summary>
    public sealed record MessageAction : InteractivePayload
    {
        /// <summary>Who did it.</summary>
        public required PayloadUser User { get; init; }

        /// <summary>Which shortcut.</summary>
        public required string CallbackId { get; init; }

        /// <summary>The message's channel.</summary>
        public required PayloadChannel Channel { get; init; }

        /// <summary>The message.</summary>
        public required PayloadMessage Message { get; init; }

        /// <summary>The right to open a view.</summary>
        public TriggerId? TriggerId { get; init; }

        /// <summary>Where it may be answered.</summary>
        public ResponseUrl? ResponseUrl { get; init; }
    }

    /// <summary>A global shortcut.</summary>
    public sealed record Shortcut : InteractivePayload
    {
        /// <summary>Who did it.</summary>
        public required PayloadUser User { get; init; }

        /// <summary>Which shortcut.</summary>
        public required string CallbackId { get; init; }

        /// <summary>The right to open a view.</summary>
        public TriggerId? TriggerId { get; init; }
    }

    /// <summary>A menu asks for its options. There is no later answer.</summary>
    public sealed record BlockSuggestion : InteractivePayload
    {
        /// <summary>Who types.</summary>
        public required PayloadUser User { get; init; }

        /// <summary>Which menu.</summary>
        public required string ActionId { get; init; }

        /// <summary>In which block.</summary>
        public required string BlockId { get; init; }

        /// <summary>What has been typed so far.</summary>
        public string Value { get; init; } = "";

        /// <summary>Where.</summary>
        public required PayloadContainer Container { get; init; }

        /// <summary>The channel; null in views.</summary>
        public PayloadChannel? Channel { get; init; }

        /// <summary>The view, where it is in one.</summary>
        public PayloadView? View { get; init; }
    }

    /// <summary>A type that we have no model of: the legacy ones, and those to come. Well-formed, and acknowledged.</summary>
    public sealed record Other : InteractivePayload;
}

/// <summary>A person. <paramref name="Name"/> is for showing only, and escaped first.</summary>
/// <param name="Id">U… or W….</param>
/// <param name="Name">The user name.</param>
/// <param name="TeamId">Where the person belongs: another workspace's for strangers of a shared channel.</param>
public sealed record PayloadUser(string Id, string? Name, string? TeamId);

/// <summary>A channel. Slack calls every private one "privategroup": <paramref name="Name"/> is no name.</summary>
public sealed record PayloadChannel(string Id, string? Name);

/// <summary>Where an action was done; all fields are absent at times.</summary>
public sealed record PayloadContainer
{
    /// <summary><c>message</c>, <c>message_attachment</c> or <c>view</c>; empty where Slack said nothing.</summary>
    public string Type { get; init; } = "";

    /// <summary>The message, also if it is ephemeral.</summary>
    public SlackTs? MessageTs { get; init; }

    /// <summary>The channel's id.</summary>
    public string? ChannelId { get; init; }

    /// <summary>The message's thread.</summary>
    public SlackTs? ThreadTs { get; init; }

    /// <summary>The view.</summary>
    public string? ViewId { get; init; }

    /// <summary>One person alone sees the message.</summary>
    public bool IsEphemeral { get; init; }
}

/// <summary>The message of an interaction: what is needed to find out whether it is ours.</summary>
public sealed record PayloadMessage
{
    /// <summary>The message.</summary>
    public required SlackTs Ts { get; init; }

    /// <summary>Its thread; equal to <see cref="Ts"/> for a parent with replies, null outside of threads.</summary>
    public SlackTs? ThreadTs { get; init; }

    /// <summary>The user that wrote it, a bot's too.</summary>
    public string? User { get; init; }

    /// <summary>The bot that wrote it.</summary>
    public string? BotId { get; init; }

    /// <summary>The app that wrote it.</summary>
    public string? AppId { get; init; }

    /// <summary>The first block's id, where our marker stands.</summary>
    public string? FirstBlockId { get; init; }

    /// <summary>Our marker, from metadata or blocks.</summary>
    public PostMarker? Marker { get; init; }
}

/// <summary>One action of an interaction.</summary>
public sealed record PayloadAction
{
    /// <summary>What was clicked. Empty only if Slack named nothing.</summary>
    public required string ActionId { get; init; }

    /// <summary>In which block.</summary>
    public required string BlockId { get; init; }

    /// <summary><c>button</c>, <c>static_select</c>, ...; types that we do not know pass through.</summary>
    public required string Type { get; init; }

    /// <summary>When; two clicks have two of them.</summary>
    public required string ActionTs { get; init; }

    /// <summary>A button's value or an input's text.</summary>
    public string? Value { get; init; }

    /// <summary>The value of the one option chosen; null after deselecting.</summary>
    public string? SelectedOptionValue { get; init; }

    /// <summary>Everything that is chosen, of whatever kind: option values, ids, a date or time.</summary>
    public IReadOnlyList<string> SelectedValues { get; init; } = [];
}

/// <summary>A view of an interaction.</summary>
public sealed record PayloadView
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary><c>modal</c> or <c>home</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>What we called it.</summary>
    public string CallbackId { get; init; } = "";

    /// <summary>What we gave it to carry.</summary>
    public string PrivateMetadata { get; init; } = "";

    /// <summary>Changes with each update.</summary>
    public string? Hash { get; init; }

    /// <summary>The first of its stack.</summary>
    public string? RootViewId { get; init; }

    /// <summary>The one below it.</summary>
    public string? PreviousViewId { get; init; }

    /// <summary>Our own unique name for it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whose it is.</summary>
    public string? AppId { get; init; }

    /// <summary>Our bot.</summary>
    public string? BotId { get; init; }

    /// <summary>Where our app is installed; differs from <see cref="TeamId"/> for strangers of a shared channel.</summary>
    public string? AppInstalledTeamId { get; init; }

    /// <summary>The workspace of the person.</summary>
    public string? TeamId { get; init; }

    /// <summary>Everything that can be filled in, and what is.</summary>
    public IReadOnlyList<PayloadInput> Inputs { get; init; } = [];

    /// <summary>Only the id: inputs are what people wrote.</summary>
    public override string ToString() => $"{nameof(PayloadView)} {Id}";
}

/// <summary>One input of a view.</summary>
/// <param name="BlockId">What an error is attached to.</param>
/// <param name="ActionId">The element.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Values">What is filled in or chosen; none where it was left alone.</param>
public sealed record PayloadInput(string BlockId, string ActionId, string Type, IReadOnlyList<string> Values)
{
    /// <summary>The first of them; null: left alone.</summary>
    public string? Value => Values.Count > 0 ? Values[0] : null;

    /// <summary>Only the element: values are what people wrote.</summary>
    public override string ToString() => $"{nameof(PayloadInput)} {BlockId}/{ActionId}";
}

/// <summary>Where a modal may post to, because one of its inputs asked for it.</summary>
public sealed record PayloadResponseUrl(string? BlockId, string? ActionId, string? ChannelId, ResponseUrl Url);
