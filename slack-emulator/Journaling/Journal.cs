using System.Text.Json;
using System.Text.Json.Serialization;

namespace ThreadGrains.SlackEmulator.Journaling;

/// <summary>
/// The durable log: JSON lines, appended in order and forced to the disk. Whoever answers waits for <see cref="Durable"/> first;
/// callers that wait at the same time share one flush, which is what makes hundreds of durable posts a second possible.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private static readonly JsonSerializerOptions LineFormat = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _writing;
    private MemoryStream _waiting = new();
    private TaskCompletionSource? _waitingDone;
    private Task _latest = Task.CompletedTask;

    private Journal(FileStream file)
    {
        _file = file;
        _writing = Task.Run(Write);
    }

    /// <summary>
    /// Opens the log of a folder and hands every entry in it to <paramref name="apply"/>, oldest first. A last line that was cut off
    /// by a kill was never answered, so it is removed; damage anywhere else is an error, not something to skip over.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written, or another process has the log open.</exception>
    /// <exception cref="InvalidDataException">A line before the last is not an entry.</exception>
    public static Journal Open(string folder, Action<JournalEntry> apply)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "slack.jsonl");
        // FileShare.None is an exclusive lock: two emulators that append to one log would give out the same ts twice.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        try
        {
            file.SetLength(Replay(file, path, apply));
            file.Seek(0, SeekOrigin.End);
            return new Journal(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Puts an entry at the end of the log. It is on the disk when <see cref="Durable"/>, asked afterwards, has ended.</summary>
    public void Append(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_latest.IsFaulted) throw new IOException("the log cannot be written any more", _latest.Exception);
            JsonSerializer.Serialize(_waiting, entry, LineFormat);
            _waiting.WriteByte((byte)'\n');
            if (_waitingDone is not null) return;
            _waitingDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _latest = _waitingDone.Task;
        }
        _work.Release();
    }

    /// <summary>Ends when everything that was appended before this call is on the disk. Fails when it cannot be.</summary>
    public Task Durable()
    {
        lock (_gate) return _latest;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _writing;
        await _file.DisposeAsync();
        _closing.Dispose();
        _work.Dispose();
    }

    private async Task Write()
    {
        var spare = new MemoryStream();
        while (true)
        {
            try
            {
                await _work.WaitAsync(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                if (!_work.Wait(0)) return;
            }

            MemoryStream lines;
            TaskCompletionSource done;
            lock (_gate)
            {
                (lines, _waiting) = (_waiting, spare);
                (done, _waitingDone) = (_waitingDone!, null);
            }
            try
            {
                _file.Write(lines.GetBuffer(), 0, (int)lines.Length);
                _file.Flush(flushToDisk: true);
                done.SetResult();
            }
            catch (Exception failure)
            {
                // What comes after a hole in the log would be replayed without what came before it: nothing is written any more.
                lock (_gate)
                {
                    done.SetException(failure);
                    _waitingDone?.SetException(failure);
                    _waitingDone = null;
                    _latest = done.Task;
                }
                return;
            }
            lines.SetLength(0);
            spare = lines;
        }
    }

    /// <returns>The length of the part that holds whole entries.</returns>
    private static long Replay(FileStream file, string path, Action<JournalEntry> apply)
    {
        using var reader = new LineReader(file);
        var whole = 0L;
        for (var number = 1; reader.Next() is { } line; number++)
        {
            JournalEntry entry;
            try
            {
                entry = JsonSerializer.Deserialize<JournalEntry>(line, LineFormat) ?? throw new JsonException("null");
            }
            catch (JsonException damage)
            {
                if (reader.AtEnd) return whole;
                throw new InvalidDataException($"{path}: line {number} is damaged", damage);
            }
            apply(entry);
            whole = reader.Position;
        }
        return whole;
    }

    /// <summary>Lines as bytes, with the position after each; a last line without its end is not a line.</summary>
    private sealed class LineReader(FileStream file) : IDisposable
    {
        private readonly byte[] _chunk = new byte[1 << 16];
        private readonly MemoryStream _line = new();
        private int _at;
        private int _filled;

        public long Position { get; private set; }

        public bool AtEnd => _at == _filled && file.Position == file.Length;

        public void Dispose() => _line.Dispose();

        public byte[]? Next()
        {
            _line.SetLength(0);
            while (true)
            {
                if (_at == _filled)
                {
                    _filled = file.Read(_chunk);
                    _at = 0;
                    if (_filled == 0) return null;
                }
                var rest = _chunk.AsSpan(_at, _filled - _at);
                var end = rest.IndexOf((byte)'\n');
                _line.Write(end < 0 ? rest : rest[..end]);
                _at += end < 0 ? rest.Length : end + 1;
                if (end < 0) continue;
                Position += _line.Length + 1;
                return _line.ToArray();
            }
        }
    }
}
