using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using ThreadGrains.Connections;
using ThreadGrains.Grains;
using ThreadGrains.WebhookGateway;

namespace ThreadGrains.Standalone.Doctor;

/// <summary>
/// Whether the settings are complete and well formed: by the validators of the start, and by the forms that Slack's ids and
/// secrets have. A value that does not fit is never shown; it may be a secret in the wrong place.
/// </summary>
internal static partial class ConfigurationCheck
{
    public const string Token = "configured token";
    public const string Workspace = "configured workspace";
    public const string Channel = "configured channel";

    public static IEnumerable<Finding> Of(DoctorSettings settings) =>
    [
        AtStart(settings.Configuration),
        ApiUrl(settings),
        OfSecret(settings.SigningSecret, settings.Configuration["ThreadGrains:Slack:LegacyVerificationToken"]),
        OfToken(Token, settings.BotToken, "ThreadGrains__Slack__BotToken"),
        OfWorkspace(Workspace, settings.Workspace, "ThreadGrains__Slack__Workspace"),
        OfChannel(settings.Channel),
        .. OfAppId(settings.AppId),
        .. settings.Further.SelectMany((further, number) => (Finding[])
        [
            OfToken($"configured token {number + 2}", further.BotToken, $"ThreadGrains__Slack__Installations__{number}__BotToken"),
            OfWorkspace($"configured workspace {number + 2}", further.Workspace, $"ThreadGrains__Slack__Installations__{number}__Workspace"),
        ]),
        OfApiKey(settings.ApiKey, settings.Organization),
    ];

    public static bool IsWorkspace(string? id) => id is not null && WorkspaceId().IsMatch(id);

    public static bool IsChannel(string? id) => id is not null && ChannelId().IsMatch(id);

    public static bool IsToken(string? token) => OfToken(Token, token, "").Verdict == Verdict.Ok;

    /// <summary>What the product itself would say at its start, in its own words.</summary>
    private static Finding AtStart(IConfiguration configuration)
    {
        const string what = "settings";
        try
        {
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddThreadGrains(configuration);
            services.AddWebhookGateway(configuration);
            using var provider = services.BuildServiceProvider();
            provider.GetRequiredService<IStartupValidator>().Validate();
            return Finding.Ok(what, "the product would start with them");
        }
        catch (Exception refused) when (SettingProblems.Explain(refused, _ => null) is { Count: > 0 } told)
        {
            return Finding.Fail(what, string.Join(" ", told.Select(line => line.Replace("bad configuration: ", "", StringComparison.Ordinal))), "Correct the setting that is named; docs/configuration.md has each with its limits. The product does not start as it is.");
        }
    }

    private static Finding ApiUrl(DoctorSettings settings)
    {
        const string what = "Slack's address";
        const string mend = "Set ThreadGrains__Slack__ApiUrl (or --slack-api) to https://slack.com/api/.";
        if (!Uri.TryCreate(settings.SlackApi, UriKind.Absolute, out var api) || (api.Scheme != Uri.UriSchemeHttps && api.Scheme != Uri.UriSchemeHttp)
            || api.UserInfo.Length + api.Query.Length + api.Fragment.Length > 0)
        {
            return Finding.Fail(what, "it is no plain http or https address", mend);
        }

        return api.Scheme == Uri.UriSchemeHttp && !api.IsLoopback
            ? Finding.Fail(what, $"{api.Host} without TLS: the token would travel in the clear", mend)
            : Finding.Ok(what, $"{api.AbsoluteUri}{(settings.Emulated ? ", the emulator that ./run starts" : "")}");
    }

    internal static Finding OfSecret(string? secrets, string? legacyToken)
    {
        const string what = "signing secret";
        const string mend = "Copy Basic Information, App Credentials, Signing Secret into ThreadGrains__Slack__SigningSecret.";
        if (secrets is null)
        {
            return string.IsNullOrWhiteSpace(legacyToken)
                ? Finding.Fail(what, "none is configured: clicks could not be told from forged ones", mend)
                : Finding.Warn(what, "none, only the deprecated verification token, which signs nothing", mend);
        }

        string[] all = secrets.Split(',', StringSplitOptions.TrimEntries);
        return all.Any(string.IsNullOrWhiteSpace) ? Finding.Fail(what, "one of them is blank", mend)
            : all.Any(secret => secret.StartsWith("xox", StringComparison.Ordinal)) ? Finding.Fail(what, "it is a token, not a signing secret", mend)
            : all.Any(secret => !Hex().IsMatch(secret)) ? Finding.Warn(what, "it does not look like Slack's, which are 32 digits of 0-9 and a-f", mend)
            : Finding.Ok(what, all.Length == 1 ? "there" : $"{all.Length} are accepted, as during a rotation");
    }

    internal static Finding OfToken(string what, string? token, string setting)
    {
        string mend = $"Copy OAuth & Permissions, Bot User OAuth Token (it begins with xoxb-) into {setting}.";
        return token switch
        {
            null or "" => Finding.Fail(what, "there is none", mend),
            _ when token.StartsWith("xoxb-", StringComparison.Ordinal) => WellFormed().IsMatch(token)
                ? Finding.Ok(what, "a bot token, well formed")
                : Finding.Fail(what, "it begins as a bot token and goes on with characters that no token has, or ends too early", mend),
            _ when token.StartsWith("xoxe.", StringComparison.Ordinal) => Finding.Fail(
                what, "a token that expires: token rotation is on in the app", "Token rotation cannot be turned off again: create the app anew from deploy/slack-manifest.yaml, which has it off. " + mend),
            _ when token.StartsWith("xoxp-", StringComparison.Ordinal) => Finding.Fail(what, "a user's token, not the bot's", mend),
            _ when token.StartsWith("xapp-", StringComparison.Ordinal) => Finding.Fail(what, "an app-level token, not the bot's", mend),
            _ => Finding.Fail(what, "it does not begin with xoxb-", mend),
        };
    }

    internal static Finding OfWorkspace(string what, string? workspace, string setting)
    {
        string mend = $"Set {setting} to the workspace's id (T and capital letters or digits): it stands in the address of Slack in a browser, app.slack.com/client/T.../C...";
        return workspace is null or "" ? Finding.Fail(what, "there is none", mend)
            : IsWorkspace(workspace) ? Finding.Ok(what, workspace)
            : Finding.Fail(what, "it is no workspace id", mend);
    }

    internal static Finding OfChannel(string? channel)
    {
        const string mend = "Set ThreadGrains__Slack__Channel to the channel's id (C or G and capital letters or digits; at the end of View channel details), not its name.";
        return channel is null ? Finding.Warn(Channel, "none: alerts must name their channels, and no channel is looked at here", mend + " Or give --channel.")
            : IsChannel(channel) ? Finding.Ok(Channel, channel)
            : Finding.Fail(Channel, "it is no channel id", mend);
    }

    private static IEnumerable<Finding> OfAppId(string? app)
    {
        if (app is not null)
        {
            yield return AppIdForm().IsMatch(app)
                ? Finding.Ok("configured app", app)
                : Finding.Fail("configured app", "it is no app id", "Copy Basic Information, App ID (it begins with A) into ThreadGrains__Slack__AppId, or leave that empty.");
        }
    }

    internal static Finding OfApiKey(string? key, string organization)
    {
        const string what = "API key";
        string mend = $"Set ThreadGrains__ApiKey to tg_{organization}_ and 43 characters of A-Z a-z 0-9 _ -: "
            + $"echo tg_{organization}_$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='). Or let ./run make one.";
        return key is null ? Finding.Warn(what, "none is configured, and ./run has made none yet: no request to /v1 would be taken", mend)
            : key.StartsWith($"tg_{organization}_", StringComparison.Ordinal) && KeySecret().IsMatch(key[$"tg_{organization}_".Length..]) ? Finding.Ok(what, $"for organization {organization}")
            : Finding.Fail(what, $"it does not read tg_{organization}_ and 43 characters", mend);
    }

    [GeneratedRegex("^T[A-Z0-9]{2,63}$")]
    private static partial Regex WorkspaceId();

    [GeneratedRegex("^[CG][A-Z0-9]{2,63}$")]
    private static partial Regex ChannelId();

    [GeneratedRegex("^A[A-Z0-9]{2,63}$")]
    private static partial Regex AppIdForm();

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Hex();

    [GeneratedRegex("^xoxb-[A-Za-z0-9-]{3,}$")]
    private static partial Regex WellFormed();

    [GeneratedRegex("^[A-Za-z0-9_-]{43}$")]
    private static partial Regex KeySecret();
}
