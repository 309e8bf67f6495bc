using System.Buffers;

namespace ThreadGrains.Groups;

/// <summary>A rule that a request breaks: which field, and how to mend it.</summary>
/// <param name="Field">The field's JSON path, such as <c>issue.title</c>.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
public sealed record Violation(string Field, string Detail);

/// <summary>
/// The form of alerts and activities, checked by one piece of code for HTTP and for .NET callers: the gateway asks before
/// it calls a grain, the grain asks again because not every caller comes through the gateway.
/// </summary>
public static class RequestRules
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxIdLength = 200;

    /// <summary>Longest <c>data</c> object, in UTF-16 units of its JSON text.</summary>
    public const int MaxDataLength = 60_000;

    /// <summary>
    /// Longest title, URL, tag or other text field, in UTF-16 units. It bounds what is stored; Slack shows far less, and what
    /// it does not show is cut when a message is rendered.
    /// </summary>
    public const int MaxTextLength = 100_000;

    /// <summary>What all texts of an issue may hold together, in UTF-16 units.</summary>
    public const int MaxIssueLength = 200_000;

    /// <summary>Most channels of an alert or route, and most values of a route's pattern.</summary>
    public const int MaxItems = 50;

    /// <summary>Checks an activity. Empty: it may go on.</summary>
    public static IReadOnlyList<Violation> Check(Activity activity)
    {
        var found = new List<Violation>();
        CheckId(found, "id", activity.Id);
        CheckTypeName(found, activity.Type);
        if (activity.Actor is null)
        {
            found.Add(new Violation("actor", "is missing; say who did it, as {\"type\": \"user\", \"name\": \"…\"}"));
        }
        else
        {
            if (!ActorTypes.All.Contains(activity.Actor.Type))
            {
                found.Add(new Violation("actor.type", "must be user, system or integration"));
            }

            CheckText(found, "actor.id", activity.Actor.Id);
            CheckText(found, "actor.name", activity.Actor.Name);
            CheckText(found, "actor.email", activity.Actor.Email);
        }

        if (found.Count == 0)
        {
            ActivityDataRules.Check(found, activity.Type, activity.Data);
        }

        return found;
    }

    /// <summary>Checks an alert. Empty: it may go on.</summary>
    public static IReadOnlyList<Violation> Check(Alert alert)
    {
        var found = new List<Violation>();
        CheckId(found, "id", alert.Id);
        CheckOptionalId(found, "rule", alert.Rule);
        CheckOptionalId(found, "openPeriod", alert.OpenPeriod);
        if (alert.Issue is null)
        {
            found.Add(new Violation("issue", "is missing; at least its title is needed"));
        }
        else
        {
            // A title of which nothing can be seen is shown as the group's id.
            if (alert.Issue.Title is null)
            {
                found.Add(new Violation("issue.title", "is missing; the announcement needs one line to show"));
            }

            CheckIssue(found, alert.Issue);
        }

        if (alert.Channels is { } channels)
        {
            if (channels.Count is 0 or > MaxItems)
            {
                found.Add(new Violation("channels", $"must hold 1 to {MaxItems} channels; leave it out for the default channel"));
            }

            for (int i = 0; i < channels.Count; i++)
            {
                CheckAddress(found, $"channels[{i}]", channels[i]);
            }
        }

        return found;
    }

    /// <summary>Checks an adoption. Empty: it may go on.</summary>
    public static IReadOnlyList<Violation> Check(ParentAdoption adoption)
    {
        var found = new List<Violation>();
        CheckAddress(found, "", adoption.Address);
        CheckOptionalId(found, "rule", adoption.Rule);
        CheckOptionalId(found, "openPeriod", adoption.OpenPeriod);
        if (!IsTs(adoption.Ts))
        {
            found.Add(new Violation("ts", "must be Slack's ts of the message as text, such as \"1503435956.000247\""));
        }

        if (adoption.Issue is not null)
        {
            CheckIssue(found, adoption.Issue);
        }

        return found;
    }

    /// <summary>Checks a group id, wherever it stands. It is part of addresses, which take these two out of a path. Null: it is well formed.</summary>
    public static Violation? CheckGroup(string? group) => group is "." or ".."
        ? new Violation("group", "must not be . or .., which no address can hold")
        : IsId(group) ? null : new Violation("group", IdRule);

    /// <summary>Whether the text is 1 to 200 characters of the alphabet of ids.</summary>
    public static bool IsId(string? text) =>
        text is { Length: >= 1 and <= MaxIdLength } && !text.AsSpan().ContainsAnyExcept(IdCharacters);

    private const string IdRule = "must be 1 to 200 characters of A-Z a-z 0-9 . _ : @ + = ~ - ; hash what does not fit";

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@+=~-");

    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.");

    private static readonly SearchValues<char> SlackIdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>U+0000 cannot be stored as text everywhere, and an unpaired surrogate has no UTF-8 form.</summary>
    internal static bool IsStorable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }

    internal static void CheckText(List<Violation> found, string field, string? text, int max = MaxTextLength)
    {
        if (text is null)
        {
            return;
        }

        if (!IsStorable(text))
        {
            found.Add(new Violation(field, "holds U+0000 or an unpaired surrogate, which no database stores as text; remove it"));
        }
        else if (text.Length > max)
        {
            found.Add(new Violation(field, $"is {text.Length} characters long; at most {max} are taken"));
        }
    }

    private static void CheckId(List<Violation> found, string field, string? id)
    {
        if (!IsId(id))
        {
            found.Add(new Violation(field, IdRule));
        }
    }

    private static void CheckOptionalId(List<Violation> found, string field, string? id)
    {
        if (id is not null)
        {
            CheckId(found, field, id);
        }
    }

    private static void CheckTypeName(List<Violation> found, string? type)
    {
        if (type is not { Length: >= 1 and <= 100 } || type.AsSpan().ContainsAnyExcept(TypeCharacters))
        {
            found.Add(new Violation("type", "must be 1 to 100 characters of a-z 0-9 _ . such as \"resolved\""));
        }
    }

    private static void CheckIssue(List<Violation> found, IssueFacts issue)
    {
        CheckText(found, "issue.title", issue.Title);
        CheckText(found, "issue.url", issue.Url);
        CheckText(found, "issue.project", issue.Project);
        CheckText(found, "issue.level", issue.Level);
        CheckText(found, "issue.culprit", issue.Culprit);
        CheckText(found, "issue.type", issue.Type);
        if (issue.Url is { Length: > 0 } url && !IsHttpUrl(url))
        {
            found.Add(new Violation("issue.url", "must be an absolute http or https address"));
        }

        foreach (var (name, value) in issue.Tags ?? new Dictionary<string, string>())
        {
            CheckText(found, "issue.tags", name);
            CheckText(found, $"issue.tags.{name}", value);
        }

        if (LengthOf(issue) is var length && length > MaxIssueLength)
        {
            found.Add(new Violation("issue", $"holds {length} characters in all; at most {MaxIssueLength} are taken"));
        }
    }

    private static long LengthOf(IssueFacts issue) =>
        new[] { issue.Title, issue.Url, issue.Project, issue.Level, issue.Culprit, issue.Type }.Sum(text => (long)(text?.Length ?? 0))
        + (issue.Tags?.Sum(tag => (long)tag.Key.Length + (tag.Value?.Length ?? 0)) ?? 0);

    internal static void CheckAddress(List<Violation> found, string prefix, ChannelAddress address)
    {
        string dot = prefix.Length == 0 ? "" : prefix + ".";
        if (!IsSlackId(address.Workspace, "TE"))
        {
            found.Add(new Violation(dot + "workspace", "must be Slack's team id, such as T0123456789"));
        }

        if (!IsSlackId(address.Channel, "CGD"))
        {
            found.Add(new Violation(dot + "channel", "must be Slack's channel id, such as C0123456789 (not the channel's name)"));
        }
    }

    /// <summary>Whether a text has the form of one of Slack's ids: capital letters and digits, 2 to 64 of them, the first of these letters.</summary>
    public static bool IsSlackId(string? id, string firstLetters) =>
        id is { Length: >= 2 and <= 64 } && firstLetters.Contains(id[0], StringComparison.Ordinal)
        && !id.AsSpan().ContainsAnyExcept(SlackIdCharacters);

    internal static bool IsHttpUrl(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>Slack's <c>ts</c>: seconds, a dot, six digits; kept as text because a double loses digits.</summary>
    public static bool IsTs(string? ts) =>
        ts is { Length: >= 8 and <= 24 } && ts.Split('.') is [{ Length: >= 1 } seconds, { Length: 6 } micros]
        && seconds.All(char.IsAsciiDigit) && micros.All(char.IsAsciiDigit);
}
