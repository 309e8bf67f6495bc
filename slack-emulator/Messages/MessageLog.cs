using System.Text;
using System.Text.Json.Nodes;

namespace ThreadGrains.SlackEmulator.Messages;

/// <summary>
/// The durable log: JSON lines, on disk before Slack's answer goes out. Entries that arrive while the disk is busy share
/// the next flush.
/// </summary>
internal sealed class MessageLog : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _lock = new();
    private readonly StringBuilder _pending = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _flushing;

    public MessageLog(string folder)
    {
        Directory.CreateDirectory(folder);
        _file = new FileStream(Path.Combine(folder, "messages.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>Reads what a former process stored. A last line cut off by a kill was never answered, and is dropped.</summary>
    public IEnumerable<JsonObject> Replay()
    {
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        string all = reader.ReadToEnd();
        int whole = all.LastIndexOf('\n') + 1;
        foreach (string line in all[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return JsonNode.Parse(line)!.AsObject();
        }

        _file.SetLength(Encoding.UTF8.GetByteCount(all.AsSpan(0, whole)));
        _file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Queues an entry; the task ends when it is on disk.</summary>
    public Task Append(JsonObject entry)
    {
        Task written;
        lock (_lock)
        {
            _pending.Append(entry.ToJsonString()).Append('\n');
            written = _next.Task;
            if (_flushing)
            {
                return written;
            }

            _flushing = true;
        }

        _ = Task.Run(Flush);
        return written;
    }

    public void Dispose() => _file.Dispose();

    private void Flush()
    {
        while (true)
        {
            byte[] bytes;
            TaskCompletionSource done;
            lock (_lock)
            {
                if (_pending.Length == 0)
                {
                    _flushing = false;
                    return;
                }

                bytes = Encoding.UTF8.GetBytes(_pending.ToString());
                _pending.Clear();
                done = _next;
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            try
            {
                _file.Write(bytes);
                _file.Flush(flushToDisk: true);
                done.SetResult();
            }
            catch (IOException error)
            {
                done.SetException(error);
            }
        }
    }
}
