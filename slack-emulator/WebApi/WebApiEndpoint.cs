using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ThreadGrains.SlackEmulator.Faults;
using ThreadGrains.SlackEmulator.Messages;
using ThreadGrains.SlackEmulator.RateLimits;

namespace ThreadGrains.SlackEmulator.WebApi;

/// <summary>Slack's Web API: encodings, authentication, limits and planned faults around the methods.</summary>
internal sealed class WebApiEndpoint(
    Store store, Limits limits, FaultPlan faults, CallLog log, ChatMethods chat, ConversationMethods conversations, IdentityMethods identity, ViewMethods views)
{
    private const string Scopes = "chat:write,channels:history,groups:history,channels:read,channels:join,users:read";

    /// <summary>Methods that read a JSON body; the others ignore it and miss their arguments (contract section 8).</summary>
    private static readonly string[] ReadsJson =
    [
        "chat.postMessage", "chat.update", "chat.postEphemeral", "chat.delete", "conversations.join", "conversations.history",
        "views.open", "views.update", "auth.test",
    ];

    public async Task Handle(HttpContext http, string method)
    {
        var (arguments, formToken) = await Read(http, method);
        string? token = formToken ?? Bearer(http);
        http.Response.Headers["X-OAuth-Scopes"] = Scopes;
        http.Response.Headers["x-slack-req-id"] = Guid.NewGuid().ToString("N");
        if (Find(method) is not { } execute)
        {
            await Send(http, Answer.Error("unknown_method"));
            return;
        }

        if (string.IsNullOrEmpty(token))
        {
            await Send(http, Answer.Error("not_authed"));
            return;
        }

        if (store.TeamOfToken(token) is not { } team)
        {
            await Send(http, Answer.Error("invalid_auth"));
            return;
        }

        string? channel = arguments.Text("channel");
        var fault = faults.Next(method, team.Team, channel);
        var call = new Call(method, team, arguments, fault is { Fault: "hide_from_history" } ? fault.Length : TimeSpan.Zero, fault is { Fault: "drop_metadata" });
        if (fault is not null && await Interfere(http, call, fault, execute))
        {
            return;
        }

        if (limits.Take(method, team.Team, channel) is { } seconds)
        {
            await Limited(http, call, seconds, null);
            return;
        }

        var answer = await execute(call);
        Log(call, answer, 200, fault?.Fault);
        await Send(http, answer);
    }

    /// <summary>Carries out a planned fault. False: the call goes on.</summary>
    private async Task<bool> Interfere(HttpContext http, Call call, FaultRule fault, Func<Call, Task<JsonObject>> execute)
    {
        switch (fault.Fault)
        {
            case "lost_answer":
                Log(call, await execute(call), 0, fault.Fault);
                http.Abort();
                return true;
            case "lost_request":
                Log(call, null, 0, fault.Fault);
                http.Abort();
                return true;
            case "late":
                http.Abort();
                _ = Later();
                return true;
            case "slow":
                await Task.Delay(fault.Length);
                return false;
            case "http_500" or "http_503":
                int status = fault.Fault == "http_500" ? 500 : 503;
                Log(call, null, status, fault.Fault);
                await Html(http, status);
                return true;
            case "html_200":
                Log(call, null, 200, fault.Fault);
                await Html(http, 200);
                return true;
            case "rate_limited":
                await Limited(http, call, fault.RetryAfter, fault);
                return true;
            case "error":
                Log(call, Answer.Error(fault.Error!), 200, fault.Fault);
                await Send(http, Answer.Error(fault.Error!));
                return true;
            case "error_stored":
                await execute(call);
                Log(call, Answer.Error(fault.Error!), 200, fault.Fault);
                await Send(http, Answer.Error(fault.Error!));
                return true;
            default:
                return false;
        }

        async Task Later()
        {
            await Task.Delay(fault.Length);
            Log(call, await execute(call), 0, fault.Fault);
        }
    }

    private async Task Limited(HttpContext http, Call call, int? seconds, FaultRule? fault)
    {
        string error = fault?.Error ?? "ratelimited";
        Log(call, Answer.Error(error), 429, fault?.Fault);
        http.Response.StatusCode = 429;
        if (seconds is { } s)
        {
            http.Response.Headers.RetryAfter = s.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await Send(http, Answer.Error(error));
    }

    private void Log(Call call, JsonObject? answer, int status, string? fault) =>
        log.Add(call.Method, call.Team.Team, call.Arguments, (string?)answer?["ts"], status, (string?)answer?["error"], fault);

    private Func<Call, Task<JsonObject>>? Find(string method) => method switch
    {
        "chat.postMessage" => chat.PostMessage,
        "chat.update" => chat.Update,
        "chat.delete" => chat.Delete,
        "chat.postEphemeral" => call => Task.FromResult(chat.PostEphemeral(call)),
        "chat.getPermalink" => call => Task.FromResult(chat.GetPermalink(call)),
        "conversations.replies" => call => Task.FromResult(conversations.Replies(call)),
        "conversations.history" => call => Task.FromResult(conversations.History(call)),
        "conversations.info" => call => Task.FromResult(conversations.Info(call)),
        "conversations.join" => conversations.Join,
        "auth.test" => call => Task.FromResult(identity.AuthTest(call)),
        "users.info" => call => Task.FromResult(identity.UsersInfo(call)),
        "views.open" => call => Task.FromResult(views.Open(call)),
        "views.update" => call => Task.FromResult(views.Update(call)),
        _ => null,
    };

    /// <summary>Reads the whole body first: a request that was cut off is never carried out.</summary>
    private static async Task<(Arguments Arguments, string? Token)> Read(HttpContext http, string method)
    {
        var values = new Dictionary<string, JsonNode?>();
        string? token = null;
        string type = http.Request.ContentType?.Split(';')[0].Trim() ?? "";
        if (type == "application/json")
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
            string body = await reader.ReadToEndAsync(http.RequestAborted);
            if (ReadsJson.Contains(method))
            {
                try
                {
                    foreach (var (name, value) in JsonNode.Parse(body)?.AsObject() ?? [])
                    {
                        values[name] = value?.DeepClone();
                    }
                }
                catch (Exception error) when (error is JsonException or InvalidOperationException)
                {
                    // As Slack: what cannot be read is not there, and the method complains about what it misses.
                }
            }
        }
        else
        {
            foreach (var (name, value) in http.Request.Query)
            {
                values[name] = value.ToString();
            }

            if (http.Request.HasFormContentType)
            {
                var form = await http.Request.ReadFormAsync(http.RequestAborted);
                foreach (var (name, value) in form)
                {
                    values[name] = value.ToString();
                }

                token = form.TryGetValue("token", out var given) ? given.ToString() : null;
            }
        }

        values.Remove("token");
        return (new Arguments(values), token);
    }

    private static string? Bearer(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.Ordinal) ? header["Bearer ".Length..] : null;

    private static async Task Send(HttpContext http, JsonObject answer)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(answer.ToJsonString());
    }

    private static async Task Html(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html";
        await http.Response.WriteAsync("<html><body><h1>Something went wrong</h1></body></html>");
    }
}
