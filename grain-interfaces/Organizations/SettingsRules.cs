using ThreadGrains.Groups;

namespace ThreadGrains.Organizations;

/// <summary>The form of policies and routes, checked by one piece of code for HTTP and for .NET callers.</summary>
public static class SettingsRules
{
    /// <summary>Most rules of a policy, and most routes.</summary>
    public const int MaxRules = 200;

    /// <summary>Longest name of a route.</summary>
    public const int MaxNameLength = 100;

    /// <summary>Every kind that a rule may name.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. ActivityTypes.All, PostingPolicy.Repeat];

    /// <summary>Checks a policy. Empty: it may be kept.</summary>
    public static IReadOnlyList<Violation> Check(PostingPolicy policy)
    {
        var found = new List<Violation>();
        CheckCount(found, "rules", policy.Rules.Count);
        for (int i = 0; i < Math.Min(policy.Rules.Count, MaxRules); i++)
        {
            var rule = policy.Rules[i];
            if (rule.Channel is not null && rule.Workspace is null)
            {
                found.Add(new Violation($"rules[{i}].workspace", "is missing; a channel's id counts within its workspace only"));
            }

            if (rule.Workspace is { } workspace)
            {
                RequestRules.CheckAddress(found, $"rules[{i}]", new ChannelAddress(workspace, rule.Channel ?? "C0"));
            }

            if (rule.Kinds is { } kinds)
            {
                CheckKinds(found, $"rules[{i}].kinds", kinds, Kinds);
            }
        }

        foreach (string type in policy.SystemActors?.Keys ?? [])
        {
            if (type != PostingPolicy.AnyType && !ActivityTypes.All.Contains(type))
            {
                found.Add(new Violation($"systemActors.{type}", $"is no activity type; known are {string.Join(", ", ActivityTypes.All)}, and {PostingPolicy.AnyType} for all others"));
            }
        }

        return found;
    }

    /// <summary>Checks routes. Empty: they may be kept.</summary>
    public static IReadOnlyList<Violation> Check(IReadOnlyList<AlertRoute> routes)
    {
        var found = new List<Violation>();
        CheckCount(found, "routes", routes.Count);
        for (int i = 0; i < Math.Min(routes.Count, MaxRules); i++)
        {
            var route = routes[i];
            string path = $"routes[{i}]";
            if (string.IsNullOrWhiteSpace(route.Name) || route.Name.Length > MaxNameLength)
            {
                found.Add(new Violation($"{path}.name", $"must be 1 to {MaxNameLength} characters, so that people can tell routes apart"));
            }
            else if (routes.Take(i).Any(other => other.Name == route.Name))
            {
                found.Add(new Violation($"{path}.name", "is another route's too; give each its own"));
            }

            if (route.Channels.Count is 0 or > RequestRules.MaxItems)
            {
                found.Add(new Violation($"{path}.channels", $"must hold 1 to {RequestRules.MaxItems} channels"));
            }

            for (int c = 0; c < route.Channels.Count; c++)
            {
                RequestRules.CheckAddress(found, $"{path}.channels[{c}]", route.Channels[c]);
            }

            CheckPatterns(found, $"{path}.projects", route.Projects);
            CheckPatterns(found, $"{path}.levels", route.Levels);
            if (route.Tags is { Count: 0 or > RequestRules.MaxItems })
            {
                found.Add(new Violation($"{path}.tags", $"must hold 1 to {RequestRules.MaxItems} tags; leave it out to match any"));
            }
        }

        return found;
    }

    private static void CheckCount(List<Violation> found, string field, int count)
    {
        if (count > MaxRules)
        {
            found.Add(new Violation(field, $"must hold at most {MaxRules}"));
        }
    }

    private static void CheckKinds(List<Violation> found, string field, IReadOnlyList<string> kinds, IReadOnlyList<string> known)
    {
        if (kinds.Count == 0)
        {
            found.Add(new Violation(field, "is empty; leave it out to match every kind"));
        }

        for (int k = 0; k < kinds.Count; k++)
        {
            if (!known.Contains(kinds[k]))
            {
                found.Add(new Violation($"{field}[{k}]", $"is no kind of activity; known are {string.Join(", ", known)}"));
            }
        }
    }

    private static void CheckPatterns(List<Violation> found, string field, IReadOnlyList<string>? patterns)
    {
        if (patterns is null)
        {
            return;
        }

        if (patterns.Count is 0 or > RequestRules.MaxItems)
        {
            found.Add(new Violation(field, $"must hold 1 to {RequestRules.MaxItems} values; leave it out to match any"));
        }

        for (int p = 0; p < patterns.Count; p++)
        {
            if (string.IsNullOrWhiteSpace(patterns[p]) || patterns[p].Length > RequestRules.MaxIdLength)
            {
                found.Add(new Violation($"{field}[{p}]", $"must be 1 to {RequestRules.MaxIdLength} characters"));
            }
        }
    }
}
