using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>What was called, and what it came to; for tests.</summary>
internal sealed class CallLog
{
    private const int Kept = 200_000;

    private readonly Lock _lock = new();
    private readonly Queue<(int N, string Method, JsonObject Entry)> _calls = new();
    private int _n;

    public void Add(string method, string team, Arguments arguments, string? ts, int status, string? error, string? fault)
    {
        lock (_lock)
        {
            var entry = new JsonObject { ["n"] = ++_n, ["at"] = DateTimeOffset.UtcNow.ToString("O"), ["method"] = method, ["team"] = team, ["status"] = status };
            Put(entry, "channel", arguments.Text("channel"));
            Put(entry, "threadTs", arguments.Text("thread_ts"));
            Put(entry, "ts", ts ?? arguments.Text("ts"));
            Put(entry, "error", error);
            Put(entry, "fault", fault);
            Put(entry, "text", arguments.Text("text"));
            _calls.Enqueue((_n, method, entry));
            if (_calls.Count > Kept)
            {
                _calls.Dequeue();
            }
        }
    }

    public IReadOnlyList<JsonNode> Since(int n, string? method)
    {
        lock (_lock)
        {
            return [.. _calls.Where(call => call.N > n && (method is null || call.Method == method)).Select(call => call.Entry.DeepClone())];
        }
    }

    private static void Put(JsonObject entry, string name, string? value)
    {
        if (value is not null)
        {
            entry[name] = value;
        }
    }
}
