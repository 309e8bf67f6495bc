using System.Text.Json.Nodes;
using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Authentication;
using ThreadGrains.WebhookGateway.Parsing;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Activities;

/// <summary>
/// POST /v1/activities/batch: one activity a line, one answer a line, in the same order. Lines of one group go to its grain
/// in file order, in one call; groups go side by side.
/// </summary>
internal static class BatchEndpoint
{
    private const string MediaType = "application/x-ndjson";
    private const int GroupsAtOnce = 32;

    private sealed record Line(int Number, Requests.Parsed<Activity>? Parsed, Problem? Problem);

    public static void MapBatch(this IEndpointRouteBuilder routes, Authenticated authenticated, GatewayOptions options, Handover handover) =>
        routes.MapPost("/v1/activities/batch", authenticated.Then((http, caller) => Take(http, caller, options, handover)));

    private static async Task Take(HttpContext http, Caller caller, GatewayOptions options, Handover handover)
    {
        if (!Body.Is(http.Request, MediaType) && !Body.Is(http.Request, "application/ndjson"))
        {
            await Problem.WrongType(MediaType).Write(http);
            return;
        }

        if (await Body.Read(http.Request, options.MaxLargeBody, http.RequestAborted) is not { } bytes)
        {
            await Problem.TooLarge(options.MaxLargeBody).Write(http);
            return;
        }

        var lines = Split(bytes).Select((line, i) => Parse(line, i + 1)).ToList();
        if (lines.Count == 0 || lines.Count > options.MaxBatchLines)
        {
            await new Problem(lines.Count == 0 ? 400 : 413, lines.Count == 0 ? "not_json" : "too_large", "The batch does not have 1 to 500 lines.",
                $"{lines.Count} lines came; at most {options.MaxBatchLines} are taken at once.").Write(http);
            return;
        }

        var answers = new JsonObject[lines.Count];
        foreach (var line in lines.Where(line => line.Problem is not null))
        {
            answers[line.Number - 1] = Show(line.Problem!, line.Number);
        }

        await Parallel.ForEachAsync(
            lines.Where(line => line.Parsed is not null).GroupBy(line => line.Parsed!.Group),
            new ParallelOptions { MaxDegreeOfParallelism = GroupsAtOnce, CancellationToken = http.RequestAborted },
            async (group, cancellation) =>
            {
                var ofGroup = group.ToList();
                var receipts = await handover.Give(
                    new GroupKey(caller.Organization, group.Key),
                    grain => grain.AcceptMany([.. ofGroup.Select(line => line.Parsed!.Value)]),
                    all => all.Any(ActivityEndpoints.IsUnavailable), cancellation);
                bool refused = false;
                for (int i = 0; i < ofGroup.Count; i++)
                {
                    // After a line that was put off, the later lines of its group would overtake it.
                    var (body, problem) = refused
                        ? (null, new Problem(503, "not_tried", "An earlier line of the group was not taken.", "Send it again after the earlier line was taken.", RetryAfter: TimeSpan.FromSeconds(1)))
                        : Receipts.Of(receipts?[i]);
                    refused |= problem is { Status: 429 or 503 };
                    answers[ofGroup[i].Number - 1] = problem is null ? Show(body!, ofGroup[i].Number) : Show(problem, ofGroup[i].Number);
                }
            });

        http.Response.ContentType = MediaType;
        foreach (var answer in answers)
        {
            await http.Response.WriteAsync(answer.ToJsonString() + "\n", http.RequestAborted);
        }
    }

    private static Line Parse(ReadOnlyMemory<byte> line, int number)
    {
        var (json, complaint) = StrictJson.Parse(line);
        if (json is null)
        {
            return new Line(number, null, Problem.NotJson(complaint!));
        }

        var (value, violations) = Requests.ReadActivity(json);
        return new Line(number, value, value is null ? Problem.Invalid(violations) : null);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int end = bytes.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (line.Span.TrimEnd((byte)'\r').Length > 0)
            {
                yield return line;
            }
        }
    }

    private static JsonObject Show(ReceiptBody body, int line)
    {
        var json = JsonNode.Parse(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(body, Receipts.Json))!.AsObject();
        json["status"] = 202;
        json["line"] = line;
        return json;
    }

    private static JsonObject Show(Problem problem, int line)
    {
        var json = JsonNode.Parse(problem.ToBytes())!.AsObject();
        json["line"] = line;
        return json;
    }
}
