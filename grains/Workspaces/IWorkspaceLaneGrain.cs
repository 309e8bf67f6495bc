using Orleans.Concurrency;
using ThreadGrains.Grains.Channels;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>A workspace as the silos' own code sees it: its lanes and its health; key: Slack's team id.</summary>
[Alias("threadgrains.IWorkspaceLaneGrain"), GrainInterfaceType("threadgrains.IWorkspaceLaneGrain")]
internal interface IWorkspaceLaneGrain : IGrainWithStringKey
{
    /// <summary>One post to a thread of a channel whose own turn has come. Older silos name no thread; it is empty then, here and where a post ends.</summary>
    [AlwaysInterleave, Alias("LeasePost")]
    Task<PermitAnswer> LeasePost(string channel, Guid thread);

    /// <summary>One read of a thread or history, asked for by silos of before <see cref="LeaseReadInTurn"/>.</summary>
    [AlwaysInterleave, Alias("LeaseRead")]
    Task<PermitAnswer> LeaseRead(string asker);

    /// <summary>One read for a doubt as old as said, or one that can wait while any doubt wants to read.</summary>
    [AlwaysInterleave, Alias("LeaseReadInTurn")]
    Task<PermitAnswer> LeaseReadInTurn(string asker, DateTimeOffset since, bool canWait);

    /// <summary>One edit.</summary>
    [AlwaysInterleave, Alias("LeaseEdit")]
    Task<PermitAnswer> LeaseEdit(string asker);

    /// <summary>The thread's post went through.</summary>
    [AlwaysInterleave, Alias("Went")]
    Task Went(Guid thread);

    /// <summary>The thread's post ended otherwise; unanswered: nobody knows whether it is there.</summary>
    [AlwaysInterleave, Alias("Ended")]
    Task Ended(bool unanswered, Guid thread);

    /// <summary>Slack limited a post in one channel. A second channel within the pause: the limit is the workspace's.</summary>
    [AlwaysInterleave, Alias("ChannelThrottled")]
    Task ChannelThrottled(string channel, TimeSpan pause);

    /// <summary>Slack limited the whole workspace; null: without saying for how long.</summary>
    [AlwaysInterleave, Alias("Throttled")]
    Task Throttled(TimeSpan? retryAfter);

    /// <summary>Slack limited reads or edits.</summary>
    [AlwaysInterleave, Alias("CallsThrottled")]
    Task CallsThrottled(bool edits, TimeSpan? retryAfter);

    /// <summary>The token or its rights are gone, or it is not Slack that answers.</summary>
    [AlwaysInterleave, Alias("Trouble")]
    Task Trouble(string error);

    /// <summary>A post was refused for a missing scope; what is needed and what the token has, as Slack says.</summary>
    [AlwaysInterleave, Alias("LacksScope")]
    Task LacksScope(string needed, string provided);

    /// <summary>We built a bad request. Three different deliveries in a row without a success between: something stands between us and Slack.</summary>
    [AlwaysInterleave, Alias("BadRequest")]
    Task BadRequest(Guid delivery, string error);

    /// <summary>Whether Slack knows a channel; null: it does not tell.</summary>
    [AlwaysInterleave, Alias("Knows")]
    Task<bool?> Knows(string channel);

    /// <summary>How a person is called in this workspace; null: Slack does not tell in time.</summary>
    [AlwaysInterleave, Alias("NameOf")]
    Task<string?> NameOf(string user);

    /// <summary>How a person is called in this workspace, and whether the person belongs to it.</summary>
    /// <param name="user">Slack's id of the person.</param>
    /// <param name="team">The workspace or organization that Slack named with the person; null: none.</param>
    [AlwaysInterleave, Alias("PersonOf")]
    Task<SlackPerson> PersonOf(string user, string? team);

    /// <summary>
    /// Tells one person something in a channel: by an ephemeral message, or by a direct one where Slack refuses that. Returns at
    /// once. What has been said about the same thing is not said again.
    /// </summary>
    /// <param name="about">What it is about, such as the id of a click.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="user">Slack's id of the person.</param>
    /// <param name="mrkdwn">What it says; what comes from outside is escaped.</param>
    [AlwaysInterleave, Alias("TellPerson")]
    Task TellPerson(string about, string channel, string user, string mrkdwn);

    /// <summary>What the workspace keeps, for a silo that calls Slack; null: nothing is kept.</summary>
    [AlwaysInterleave, Alias("GetInstallation")]
    Task<KeptInstallation?> GetInstallation();

    /// <summary>Encrypts what is kept with this key anew; null: nothing is kept.</summary>
    [Alias("Reencrypt")]
    Task<Reencryption?> Reencrypt(string key);
}
