using System.Globalization;
using System.Text;

namespace ThreadGrains.WebhookGateway.Requests;

/// <summary>Where a reader stands in a JSON text, as errors name it: <c>issue.tags.host</c>, <c>channels[1].workspace</c>.</summary>
internal sealed class JsonPath
{
    // Names come from outside: an answer repeats no more of them than helps to find the place.
    private const int MaxNameShown = 60;

    private readonly Stack<Level> _levels = new();

    public void Enter(bool isObject)
    {
        CountItem();
        _levels.Push(new Level(isObject));
    }

    public void Leave() => _levels.Pop();

    /// <returns>False: this object had the property before.</returns>
    public bool Name(string name)
    {
        var level = _levels.Peek();
        level.Property = name;
        return level.Seen!.Add(name);
    }

    /// <summary>A value that is neither object nor array. Returns its path.</summary>
    public string Value()
    {
        CountItem();
        return ToString();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var level in _levels.Reverse())
        {
            if (level.Seen is null)
            {
                if (level.Items > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"[{level.Items - 1}]");
                }
            }
            else if (level.Property is { } name)
            {
                Join(text, name);
            }
        }

        return text.ToString();
    }

    public static string Join(string path, string name)
    {
        var text = new StringBuilder(path);
        Join(text, name);
        return text.ToString();
    }

    private static void Join(StringBuilder path, string name)
    {
        if (path.Length > 0)
        {
            path.Append('.');
        }

        path.Append(name.Length > MaxNameShown ? string.Concat(name.AsSpan(0, MaxNameShown - (char.IsHighSurrogate(name[MaxNameShown - 1]) ? 1 : 0)), "…") : name);
    }

    private void CountItem()
    {
        if (_levels.TryPeek(out var level) && level.Seen is null)
        {
            level.Items++;
        }
    }

    private sealed class Level(bool isObject)
    {
        public HashSet<string>? Seen { get; } = isObject ? new HashSet<string>(StringComparer.Ordinal) : null;

        public string? Property { get; set; }

        public int Items { get; set; }
    }
}
