using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Our app's installations: which workspaces, with which token, for which organizations. From configuration.</summary>
public sealed class SlackOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Slack";

    /// <summary>Base address of Slack's Web API, with or without trailing slash. Default https://slack.com/api/.</summary>
    public Uri ApiUrl { get; set; } = new("https://slack.com/api/");

    /// <summary>The bot token of the first workspace (xoxb-…). A secret.</summary>
    public string? BotToken { get; set; }

    /// <summary>The first workspace's team id (T…).</summary>
    public string? Workspace { get; set; }

    /// <summary>The channel for alerts that name none (C…).</summary>
    public string? Channel { get; set; }

    /// <summary>Our app's id (A…): where it is given, payloads of other apps are refused.</summary>
    public string? AppId { get; set; }

    /// <summary>Further workspaces of the first organization.</summary>
    public IList<SlackInstallationOptions> Installations { get; } = [];
}

/// <summary>One further installation.</summary>
public sealed class SlackInstallationOptions
{
    /// <summary>Slack's team id (T…).</summary>
    public string Workspace { get; set; } = "";

    /// <summary>Its bot token (xoxb-…). A secret.</summary>
    public string BotToken { get; set; } = "";
}

/// <summary>The configured installations by workspace. Tokens are held here and go nowhere but into calls to Slack.</summary>
internal sealed class SlackInstallations
{
    private readonly Dictionary<string, SlackToken> _tokens = [];

    public SlackInstallations(IOptions<SlackOptions> options, IOptions<OrganizationOptions> organization)
    {
        var slack = options.Value;
        AppId = slack.AppId;
        Organization = organization.Value.Organization;
        if (slack is { Workspace: { Length: > 0 } team, BotToken: { Length: > 0 } token })
        {
            _tokens[team] = new SlackToken(token);
        }

        foreach (var further in slack.Installations)
        {
            _tokens[further.Workspace] = new SlackToken(further.BotToken);
        }
    }

    public string? AppId { get; }

    /// <summary>The organization that configured workspaces are bound to.</summary>
    public string Organization { get; }

    public IReadOnlyCollection<string> Workspaces => _tokens.Keys;

    public SlackToken? TokenOf(string workspace) => _tokens.GetValueOrDefault(workspace);
}
