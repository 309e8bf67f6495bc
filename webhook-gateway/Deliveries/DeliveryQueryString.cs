using System.Globalization;
using System.Text.RegularExpressions;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;

namespace ThreadGrains.WebhookGateway.Deliveries;

/// <summary>The filters of a list, as strictly read as a body: an unknown one would silently list everything.</summary>
internal sealed partial record DeliveryQueryString(DeliveryFilter Filter, string? Cursor, int Limit)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 500;

    public static readonly string[] States = ["pending", "sending", "in_doubt", "sent", "dead", "cancelled"];
    public static readonly string[] Kinds = ["root", "reply", "repeat", "recap", "callback"];
    public static readonly string[] Names = ["state", "kind", "reason", "workspace", "channel", "cursor", "limit"];

    public static (DeliveryQueryString Query, IReadOnlyList<Violation> Violations) Read(IQueryCollection query, string? group)
    {
        var found = new List<Violation>();
        foreach (var (name, values) in query)
        {
            if (!Names.Contains(name, StringComparer.Ordinal))
            {
                found.Add(new Violation(name.Length > 60 ? name[..60] : name, $"is not a filter; remove it. Known: {string.Join(", ", Names)}"));
            }
            else if (values.Count > 1)
            {
                found.Add(new Violation(name, "stands there twice; send it once"));
            }
        }

        string? state = Value("state", text => States.Contains(text, StringComparer.Ordinal), $"must be one of {string.Join(", ", States)}");
        string? kind = Value("kind", text => Kinds.Contains(text, StringComparer.Ordinal), $"must be one of {string.Join(", ", Kinds)}");
        string? reason = Value("reason", DeliveryRules.IsReason, DeliveryRules.ReasonRule);
        string? workspace = Value("workspace", DeliveryRules.IsSlackId, DeliveryRules.WorkspaceRule);
        string? channel = Value("channel", DeliveryRules.IsSlackId, DeliveryRules.ChannelRule);
        string? cursor = Value("cursor", text => CursorForm().IsMatch(text), "must be the next of a former page");
        string? limit = Value("limit", text => Limited(text) is not null, $"must be a whole number from 1 to {MaxLimit}");
        return (new DeliveryQueryString(new DeliveryFilter(group, state, reason, workspace, channel, kind), cursor, limit is null ? DefaultLimit : Limited(limit) ?? DefaultLimit), found);

        string? Value(string name, Func<string, bool> isRight, string rule)
        {
            // ?state= says the same as leaving it out: that is how a form sends a filter that is not set.
            if (query[name] is not [{ Length: > 0 } text])
            {
                return null;
            }

            if (!isRight(text))
            {
                found.Add(new Violation(name, rule));
            }

            return text;
        }
    }

    private static int? Limited(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MaxLimit ? limit : null;

    [GeneratedRegex(@"^[A-Za-z0-9_.:=-]{1,200}\z")]
    private static partial Regex CursorForm();
}
