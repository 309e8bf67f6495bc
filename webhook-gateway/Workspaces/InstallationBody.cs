using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Requests;
using ThreadGrains.Workspaces;

namespace ThreadGrains.WebhookGateway.Workspaces;

/// <summary>The installation of the app in a workspace.</summary>
internal sealed record InstallationBody
{
    /// <summary>The bot token (xoxb-…). Kept encrypted, and never shown again.</summary>
    public required string BotToken { get; init; }

    public static InstallationBody Read(JsonFields fields)
    {
        var body = new InstallationBody { BotToken = fields.RequiredText("botToken") };
        if (fields.Violations.Count == 0 && !InstallationRules.IsBotToken(body.BotToken))
        {
            fields.Add(new Violation("botToken", InstallationRules.BotTokenRule));
        }

        fields.NoOthers();
        return body;
    }

    /// <summary>Nothing of it: a record would print its members.</summary>
    public override string ToString() => nameof(InstallationBody);
}
