using System.Globalization;
using System.Security.Cryptography;
using ThreadGrains.SlackEmulator.Faults;
using ThreadGrains.SlackEmulator.Inspection;
using ThreadGrains.SlackEmulator.RateLimits;
using ThreadGrains.SlackEmulator.Workspaces;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>
/// The way of a call: read whole, method, arguments, token, fault, limit, carry out, disk, answer. What does not reach its step leaves
/// no trace in the state.
/// </summary>
internal sealed class ApiEndpoint(
    EmulatedSlack slack, IReadOnlyCollection<ApiMethod> methods, FaultPlan faults, RateLimiter limiter, CallLog calls, LateCalls late, AppStanding app)
{
    private readonly Dictionary<string, ApiMethod> _methods = methods.ToDictionary(static method => method.Name, StringComparer.Ordinal);

    public bool IsMethod(string name) => _methods.ContainsKey(name);

    public async Task Serve(HttpContext http, string name)
    {
        var request = await ApiRequest.Read(http);
        var at = slack.Now;
        http.Response.Headers["x-slack-req-id"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

        if (app.ClockAhead != TimeSpan.Zero) http.Response.Headers.Date = (at + app.ClockAhead).ToString("r", CultureInfo.InvariantCulture);

        var method = _methods.GetValueOrDefault(name);
        var trouble = ApiArguments.Read(request, method?.AcceptsJson ?? false, out var arguments);
        var token = request.Bearer ?? arguments.FormToken;
        var workspace = token is null ? null : slack.Do(() => slack.ByToken(token));
        var recorded = new RecordedCall
        {
            At = at,
            Method = name,
            Team = workspace?.Team ?? "",
            Channel = arguments.Text("channel"),
            ThreadTs = arguments.Text("thread_ts"),
            Text = arguments.Text("text"),
        };

        var refusal = method is null ? UnknownMethod(name)
            : trouble is not null ? ApiAnswer.Error(trouble)
            : string.IsNullOrEmpty(token) ? ApiAnswer.Error("not_authed")
            : workspace is null ? ApiAnswer.Error("invalid_auth")
            : null;
        if (refusal is not null)
        {
            await Answer(http, recorded, refusal);
            return;
        }

        http.Response.Headers["X-OAuth-Scopes"] = string.Join(',', app.Scopes);
        if (method!.Scopes.Length > 0) http.Response.Headers["X-Accepted-OAuth-Scopes"] = method.Scopes;
        var direct = slack.Do(() => workspace!.Channels.GetValueOrDefault(recorded.Channel ?? "")?.DirectWith is not null);
        if (app.Lacks(method, direct) is { } needed)
        {
            var missing = ApiAnswer.Error("missing_scope");
            missing.Body["needed"] = needed;
            missing.Body["provided"] = string.Join(',', app.Scopes);
            await Answer(http, recorded, missing);
            return;
        }

        var fault = faults.Decide(name, workspace!.Team, recorded.Channel ?? "");
        recorded.Fault = fault is null ? null : FaultNames.Of(fault.Fault);
        var call = new ApiCall(
            slack, workspace, arguments,
            DropMetadata: fault?.Fault is Fault.DropMetadata or Fault.RefuseMetadata,
            HideFor: fault?.Fault == Fault.HideFromHistory ? fault.Time : null);
        await Serve(http, method, call, fault, recorded);
    }

    private async Task Serve(HttpContext http, ApiMethod method, ApiCall call, FaultRule? fault, RecordedCall recorded)
    {
        switch (fault?.Fault)
        {
            case Fault.LostRequest:
                Drop(http, recorded);
                return;
            case Fault.Late:
                late.Later(fault.Time, () => recorded.Ts = (string?)CarryOut(method, call).Body["ts"]);
                Drop(http, recorded);
                return;
            case { } strange when !IsStored(strange) && Stranger(strange) is { } status:
                await Strange(http, recorded, strange, status);
                return;
            case Fault.RateLimited:
                var limited = ApiAnswer.RateLimited(fault.RetryAfter ?? 1);
                if (fault is { Error: { } other, RetryAfter: null }) limited = ApiAnswer.Error(other) with { Status = limited.Status };
                await Answer(http, recorded, limited);
                return;
            case Fault.RateLimitedPlain:
                await Plain(http, recorded, StatusCodes.Status429TooManyRequests, fault.Error ?? "message_limit_exceeded");
                return;
            case Fault.Error:
                await Answer(http, recorded, ApiAnswer.Error(fault.Error!));
                return;
        }

        var answer = CarryOut(method, call);
        await slack.Durable();
        recorded.Ts = (string?)answer.Body["ts"] ?? (string?)answer.Body["message_ts"];
        switch (fault?.Fault)
        {
            case Fault.LostAnswer:
                Drop(http, recorded);
                return;
            case { } strange when Stranger(strange) is { } status:
                await Strange(http, recorded, strange, status);
                return;
            case Fault.RefuseMetadata when answer.Failure is null:
                answer = answer.WithWarnings(["invalid_metadata_schema"]);
                break;
            case Fault.ErrorStored:
                answer = ApiAnswer.Error(fault.Error!);
                break;
            case Fault.Slow:
                if (!await Waited(fault.Time, http.RequestAborted))
                {
                    Drop(http, recorded);
                    return;
                }
                break;
        }
        await Answer(http, recorded, answer);
    }

    private ApiAnswer CarryOut(ApiMethod method, ApiCall call) => slack.Do(() =>
    {
        var channel = method.Limit == Limit.Posting ? ChatMethods.Destination(call)?.Id : null;
        var answer = limiter.Refuse(method, call.Workspace.Team, channel) is { } wait ? ApiAnswer.RateLimited(wait) : method.Handle(call);
        return answer.WithWarnings(call.Arguments.Warnings);
    });

    private static ApiAnswer UnknownMethod(string name)
    {
        var answer = ApiAnswer.Error("unknown_method");
        answer.Body["req_method"] = name;
        return answer;
    }

    private async Task Answer(HttpContext http, RecordedCall recorded, ApiAnswer answer)
    {
        // What this answer read may be somebody else's change that is still on its way to the disk.
        await slack.Durable();
        recorded.Status = answer.Status;
        recorded.Error = answer.Failure;
        calls.Add(recorded);
        http.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } wait) http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = "application/json; charset=utf-8";
        var body = answer.ToUtf8();
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>The status of an answer that is not Slack's; null: the fault is of another kind.</summary>
    private static int? Stranger(Fault fault) => fault switch
    {
        Fault.Html200 or Fault.Html200Stored or Fault.Empty200 or Fault.Empty200Stored => StatusCodes.Status200OK,
        Fault.Http204 or Fault.Http204Stored => StatusCodes.Status204NoContent,
        Fault.Redirect or Fault.RedirectStored => StatusCodes.Status302Found,
        Fault.Http403 or Fault.Http403Stored => StatusCodes.Status403Forbidden,
        Fault.Http404 or Fault.Http404Stored => StatusCodes.Status404NotFound,
        Fault.Http500 => StatusCodes.Status500InternalServerError,
        Fault.Http502 => StatusCodes.Status502BadGateway,
        Fault.Http503 or Fault.Http503Stored => StatusCodes.Status503ServiceUnavailable,
        _ => null,
    };

    private static bool IsStored(Fault fault) =>
        fault is Fault.Html200Stored or Fault.Empty200Stored or Fault.Http204Stored or Fault.RedirectStored or Fault.Http403Stored or Fault.Http404Stored or Fault.Http503Stored;

    private async Task Strange(HttpContext http, RecordedCall recorded, Fault fault, int status)
    {
        recorded.Status = status;
        calls.Add(recorded);
        http.Response.StatusCode = status;
        if (status == StatusCodes.Status302Found) http.Response.Headers.Location = $"{http.Request.Scheme}://{http.Request.Host}/elsewhere";
        if (status == StatusCodes.Status204NoContent || fault is Fault.Empty200 or Fault.Empty200Stored)
        {
            await http.Response.CompleteAsync();
            return;
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync("<!DOCTYPE html><html><head><title>Server Error</title></head><body>Something went wrong.</body></html>", http.RequestAborted);
    }

    private async Task Plain(HttpContext http, RecordedCall recorded, int status, string text)
    {
        (recorded.Status, recorded.Error) = (status, text);
        calls.Add(recorded);
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <returns>False: the caller did not wait so long.</returns>
    private async Task<bool> Waited(TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(time, slack.Clock, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Drop(HttpContext http, RecordedCall recorded)
    {
        calls.Add(recorded);
        http.Abort();
    }
}
