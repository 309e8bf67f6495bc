using ThreadGrains.Groups;
using ThreadGrains.WebhookGateway.Activities;
using ThreadGrains.WebhookGateway.Problems;

namespace ThreadGrains.WebhookGateway.Groups;

/// <summary>From what became of an operator's wish to an answer.</summary>
internal static class OperatorAnswers
{
    public static bool IsUnavailable(OperatorReceipt receipt) => receipt.Outcome == OperatorOutcome.Unavailable;

    public static Problem? ProblemOf(OperatorReceipt? receipt) => receipt switch
    {
        { Outcome: OperatorOutcome.Done } => null,
        { Outcome: OperatorOutcome.NotFound } => Problem.NotFound,
        { Outcome: OperatorOutcome.NotPossible, Reason: AcceptReasons.Invalid } => new Problem(400, "invalid_request", "The request is not well formed.", receipt.Detail),
        { Outcome: OperatorOutcome.NotPossible } => new Problem(409, receipt.Reason ?? "not_possible", "Its state does not allow it.", receipt.Detail),
        _ => Problem.Unavailable("It cannot be done right now. Try again."),
    };

    public static async Task Write(HttpContext http, OperatorReceipt? receipt, int status, object body)
    {
        if (ProblemOf(receipt) is { } problem)
        {
            await problem.Write(http);
            return;
        }

        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(body, Receipts.Json, http.RequestAborted);
    }
}
