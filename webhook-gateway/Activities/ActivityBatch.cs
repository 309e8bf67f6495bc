using System.Text.Json;
using Microsoft.Extensions.Options;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Calls;
using ThreadGrains.WebhookGateway.Problems;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>
/// Many activities in one request. Each group's lines go to its grain in one call, so their order is the file's; groups run
/// beside each other. A line that is wrong concerns itself alone.
/// </summary>
internal static class ActivityBatch
{
    public static async Task<IResult> Accept(
        HttpContext http, GrainCalls grains, RequestLimits limits, GatewayMetrics metrics, GatewayErrorLog errors,
        IOptions<GatewayOptions> options, TimeProvider clock)
    {
        var sender = Sender.Of(http);
        var (body, problem) = await RequestReader.Read(http, options.Value.MaxBatchBytes, RequestReader.JsonLines);
        if (problem is not null)
        {
            return problem;
        }

        // In another encoding a line ends with other bytes: there are no lines that could be answered one by one.
        if (StrictJson.OtherEncoding(body) is { } other)
        {
            return Problem.Invalid(other);
        }

        var ranges = Lines(body);
        if (ranges.Count == 0)
        {
            return Problem.Invalid(new Violation("", "is empty; send one activity a line"));
        }

        if (ranges.Count > options.Value.MaxBatchLines)
        {
            return Problem.Of(ProblemKinds.TooLarge, $"The batch has {ranges.Count} lines; at most {options.Value.MaxBatchLines} are taken. Split it.");
        }

        if (limits.Take(sender.Key, ranges.Count - 1) is { } pause)
        {
            return Problem.Of(ProblemKinds.RateLimited, $"{pause.Who} sends more activities than it may. Nothing of this batch was taken; send it again later.", retryAfter: pause.RetryAfter);
        }

        var lines = ranges.Select((range, i) => new BatchLine(i + 1, body.AsSpan(range), options.Value.MaxRequestBytes)).ToArray();
        using var trace = ProductTelemetry.Spans.StartActivity("accept batch");
        long started = clock.GetTimestamp();
        await Parallel.ForEachAsync(
            lines.Where(line => line.Body is not null).GroupBy(line => line.Body!.Group, StringComparer.Ordinal),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.BatchParallelism, CancellationToken = http.RequestAborted },
            async (group, cancellation) =>
            {
                BatchLine[] inOrder = [.. group];
                if (clock.GetElapsedTime(started) > options.Value.BatchPatience)
                {
                    Settle(inOrder, [.. inOrder.Select(_ => ((ReceiptAnswer?)null, (Problem?)NotTried("The batch took too long.")))]);
                    return;
                }

                Settle(inOrder, await Take(group.Key, inOrder, cancellation));
            });

        foreach (var line in lines)
        {
            metrics.Answered("batch_line", line.Status);
        }

        return Results.Stream(output => Write(lines, output, http.RequestAborted), RequestReader.JsonLines[0]);

        async Task<(ReceiptAnswer?, Problem?)[]> Take(string group, BatchLine[] inOrder, CancellationToken cancellation)
        {
            if (limits.Take(sender.GroupKey(group), inOrder.Length) is { } pause)
            {
                return [.. inOrder.Select(_ => ((ReceiptAnswer?)null, (Problem?)pause.ToProblem()))];
            }

            string key = sender.GroupKey(group).ToString();
            Activity[] activities = [.. inOrder.Select(line => line.Body!.ToActivity())];
            try
            {
                var answer = await grains.Insist(
                    factory => factory.GetGrain<IIssueGroupGrain>(key).AcceptMany(activities), options.Value.GrainPatience, cancellation);
                return answer is GrainAnswer<IReadOnlyList<AcceptReceipt>>.Answered { Value: var receipts }
                    ? [.. receipts.Select(ReceiptAnswer.Of)]
                    : [.. inOrder.Select(_ => ((ReceiptAnswer?)null, (Problem?)ReceiptAnswer.Silent()))];
            }
            catch (Exception bug) when (!cancellation.IsCancellationRequested)
            {
                // A fault in one group must not hide from the sender what became of the others.
                errors.Unhandled(bug, "POST", "/v1/activities/batch");
                return [.. inOrder.Select(_ => ((ReceiptAnswer?)null, (Problem?)Problem.Of(ProblemKinds.Internal, GatewayErrors.InternalDetail)))];
            }
        }
    }

    /// <summary>
    /// Gives each line of a group its answer. What follows a refused line was not taken either, with one exception that is
    /// never hidden: what the grain says that it stored, it stored.
    /// </summary>
    private static void Settle(BatchLine[] lines, (ReceiptAnswer? Answer, Problem? Problem)[] answers)
    {
        bool refused = false;
        for (int i = 0; i < lines.Length; i++)
        {
            var (answer, problem) = answers[i];
            bool again = problem is { Status: StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable };
            if (again && refused)
            {
                problem = NotTried("An earlier line of this group was refused.");
            }

            refused |= again;
            lines[i].Settle(answer, problem);
        }
    }

    private static Problem NotTried(string why) => Problem.Of(ProblemKinds.NotTried, $"{why} Send this line again, after those before it.");

    private static async Task Write(BatchLine[] lines, Stream output, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        foreach (var line in lines)
        {
            line.Write(buffer);
            buffer.WriteByte((byte)'\n');
        }

        buffer.Position = 0;
        await buffer.CopyToAsync(output, cancellation);
    }

    /// <summary>The lines without their ends. The last may or may not have one.</summary>
    private static List<Range> Lines(ReadOnlySpan<byte> body)
    {
        var lines = new List<Range>();
        int start = 0;
        while (start < body.Length)
        {
            int length = body[start..].IndexOf((byte)'\n');
            int end = length < 0 ? body.Length : start + length;
            lines.Add(start..(end > start && body[end - 1] == (byte)'\r' ? end - 1 : end));
            start = end + 1;
        }

        return lines;
    }

    private sealed class BatchLine
    {
        private readonly int _number;
        private readonly string? _id;
        private readonly string? _group;
        private ReceiptAnswer? _answer;
        private Problem? _problem;

        public BatchLine(int number, ReadOnlySpan<byte> json, int maxBytes)
        {
            _number = number;
            if (json.Length > maxBytes)
            {
                _problem = RequestReader.TooLarge(maxBytes);
                return;
            }

            string? id = null;
            string? group = null;
            (Body, _problem) = RequestReader.Shape(json, fields =>
            {
                var body = ActivityBody.Read(fields);

                // What a line says of itself helps to find it again, also where the rest of it is wrong.
                (id, group) = (RequestRules.IsId(body.Id) ? body.Id : null, RequestRules.IsId(body.Group) ? body.Group : null);
                return body;
            });
            (_id, _group) = (id, group);
        }

        /// <summary>Null: it has its answer already.</summary>
        public ActivityBody? Body { get; }

        public int Status => _problem?.Status ?? StatusCodes.Status202Accepted;

        public void Settle(ReceiptAnswer? answer, Problem? problem) => (_answer, _problem) = (answer, problem);

        public void Write(Stream output)
        {
            if (_problem is { } problem)
            {
                JsonSerializer.Serialize(output, problem with { Id = _id, Group = _group, Line = _number }, WireJson.Plain.Problem);
            }
            else
            {
                JsonSerializer.Serialize(output, _answer! with { Status = Status, Line = _number }, WireJson.Plain.ReceiptAnswer);
            }
        }
    }
}
