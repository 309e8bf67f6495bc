using Microsoft.Extensions.Options;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Workspaces;

/// <summary>Says which setting is wrong and how, and never what it reads: a token may stand in the wrong place.</summary>
internal sealed class SlackOptionsValidator : IValidateOptions<SlackOptions>
{
    public ValidateOptionsResult Validate(string? name, SlackOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(SlackOptions options)
    {
        if (!options.ApiUrl.IsAbsoluteUri || (options.ApiUrl.Scheme != Uri.UriSchemeHttps && options.ApiUrl.Scheme != Uri.UriSchemeHttp)
            || options.ApiUrl.UserInfo.Length + options.ApiUrl.Query.Length + options.ApiUrl.Fragment.Length > 0)
        {
            yield return "ThreadGrains__Slack__ApiUrl must be an absolute http or https address without a user, query and fragment, such as https://slack.com/api/.";
        }

        if (string.IsNullOrEmpty(options.Workspace) != string.IsNullOrEmpty(options.BotToken))
        {
            yield return "ThreadGrains__Slack__Workspace and ThreadGrains__Slack__BotToken go together: give both or neither.";
        }

        if (options.BotToken is { Length: > 0 } token && !SlackToken.IsWellFormed(token))
        {
            yield return NoToken("ThreadGrains__Slack__BotToken");
        }

        if (options.Installations.Any(further => further.Workspace.Length == 0 || further.BotToken.Length == 0))
        {
            yield return "Each of ThreadGrains__Slack__Installations needs Workspace and BotToken.";
        }

        foreach (var (number, _) in options.Installations.Index().Where(one => one.Item.BotToken.Length > 0 && !SlackToken.IsWellFormed(one.Item.BotToken)))
        {
            yield return NoToken($"ThreadGrains__Slack__Installations__{number}__BotToken");
        }
    }

    private static string NoToken(string setting) =>
        $"{setting} holds characters that no token has, such as a blank or a line break within. Copy the token again, whole and on one line.";
}
