using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace ThreadGrains.Chaos.Sending;

/// <summary>
/// The sender's own memory: one JSON line for each thing that it sends and for each answer, on the disk before it goes on.
/// What is under way at the same time shares one flush.
/// </summary>
internal sealed class ReceiptLog : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly FileStream _file;
    private readonly Channel<(byte[] Line, TaskCompletionSource Durable)> _lines = Channel.CreateBounded<(byte[], TaskCompletionSource)>(10_000);
    private readonly Task _writing;

    public ReceiptLog(string path)
    {
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _writing = Task.Run(Write);
    }

    /// <summary>Ends once the line is on the disk.</summary>
    public async Task Append(Receipt receipt)
    {
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _lines.Writer.WriteAsync(([.. JsonSerializer.SerializeToUtf8Bytes(receipt, Format), (byte)'\n'], durable));
        await durable.Task;
    }

    public static IEnumerable<Receipt> Read(string path) => File.ReadLines(path).Select(line => JsonSerializer.Deserialize<Receipt>(line, Format)!);

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
        await _file.DisposeAsync();
    }

    private async Task Write()
    {
        var together = new List<TaskCompletionSource>();
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var next))
            {
                _file.Write(next.Line);
                together.Add(next.Durable);
            }

            _file.Flush(flushToDisk: true);
            together.ForEach(durable => durable.SetResult());
            together.Clear();
        }
    }
}
