using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Interactions;

/// <summary>A modal that stands open before somebody.</summary>
/// <param name="Id"><c>V…</c></param>
/// <param name="Team">In which workspace.</param>
/// <param name="User">Before whom.</param>
/// <param name="Root">The lowest view of the stack.</param>
/// <param name="Previous">The view below; null for the lowest.</param>
/// <param name="Hash">Changes with every update.</param>
/// <param name="Content">What the app sent, with the blocks as Slack fills them in.</param>
internal sealed record OpenView(string Id, string Team, string User, string Root, string? Previous, string Hash, JsonObject Content)
{
    public string? ExternalId => Content["external_id"] is JsonValue value && value.TryGetValue<string>(out var id) && id.Length > 0 ? id : null;
}

/// <summary>The modals of everybody, in memory only: a restart closes them.</summary>
internal sealed class OpenViews(TimeProvider clock)
{
    /// <summary>Slack, "Modals": at most three views lie on each other.</summary>
    private const int StackLimit = 3;

    private readonly Dictionary<string, OpenView> _views = new(StringComparer.Ordinal);
    private long _number;

    public OpenView? ById(string team, string id) => _views.GetValueOrDefault(id) is { } view && view.Team == team ? view : null;

    public OpenView? ByExternalId(string team, string externalId) =>
        _views.Values.FirstOrDefault(view => view.Team == team && view.ExternalId == externalId);

    /// <summary>Opens a view of its own; what stood open before that person is closed.</summary>
    public OpenView Open(string team, string user, JsonObject content)
    {
        foreach (var old in Stack(team, user)) _views.Remove(old.Id);
        return Add(team, user, null, content);
    }

    /// <summary>Lays a view on what stands open before that person.</summary>
    /// <returns>Null: the stack is full.</returns>
    public OpenView? Push(string team, string user, JsonObject content)
    {
        var stack = Stack(team, user);
        return stack.Count >= StackLimit ? null : Add(team, user, stack.LastOrDefault(), content);
    }

    public OpenView Update(OpenView view, JsonObject content) => _views[view.Id] = view with { Content = content, Hash = NewHash() };

    private OpenView Add(string team, string user, OpenView? below, JsonObject content)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"V{++_number:D4}{Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}");
        return _views[id] = new OpenView(id, team, user, below?.Root ?? id, below?.Id, NewHash(), content);
    }

    private List<OpenView> Stack(string team, string user) => [.. _views.Values.Where(view => view.Team == team && view.User == user)];

    private string NewHash() =>
        string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds()}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
}
