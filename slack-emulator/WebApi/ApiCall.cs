using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>An authenticated call, ready to be carried out.</summary>
/// <param name="Slack">The state; the call is carried out under its lock.</param>
/// <param name="Workspace">Whose token it was.</param>
/// <param name="Arguments">What was sent.</param>
/// <param name="DropMetadata">The fault <c>drop_metadata</c>: store as if none had been sent.</param>
/// <param name="HideFor">The fault <c>hide_from_history</c>: store, but keep from reading methods for so long.</param>
internal sealed record ApiCall(
    EmulatedSlack Slack, Workspace Workspace, ApiArguments Arguments, bool DropMetadata = false, TimeSpan? HideFor = null)
{
    /// <summary>The channel named by the argument <c>channel</c>, by id.</summary>
    public Channel? Channel => Arguments.Text("channel") is { } id ? Workspace.Channels.GetValueOrDefault(id) : null;
}

/// <summary>Which rate limit a method falls under (Slack, "Rate limits"; the tiers are per workspace, method and minute).</summary>
internal enum Limit
{
    /// <summary>chat.postMessage: per channel, and per workspace over all channels.</summary>
    Posting,

    /// <summary>Tier 3, reading: 50 a minute.</summary>
    Reading,

    /// <summary>Tier 4, reading: 100 a minute.</summary>
    ReadingOften,

    /// <summary>Special, reading: hundreds a minute.</summary>
    ReadingFreely,

    /// <summary>Tier 3, writing: 50 a minute.</summary>
    Updating,

    /// <summary>Tier 4, writing: 100 a minute.</summary>
    UpdatingOften,
}

/// <summary>A method of the Web API.</summary>
/// <param name="Name">Its name in the address.</param>
/// <param name="AcceptsJson">Whether it reads JSON bodies; others ignore them (Slack, method pages: "Accepted content types").</param>
/// <param name="Limit">What limits it.</param>
/// <param name="Scopes">The scopes of which one is needed, for the header <c>X-Accepted-OAuth-Scopes</c>.</param>
/// <param name="Handle">Carries it out, as one step under the lock.</param>
internal sealed record ApiMethod(string Name, bool AcceptsJson, Limit Limit, string Scopes, Func<ApiCall, ApiAnswer> Handle);
