// Receives what was clicked in Slack. CALLBACK_SECRET=whsec_... dotnet run --project samples/callback-receiver-dotnet -- --urls http://127.0.0.1:8090
using System.Collections.Concurrent;
using System.Text.Json;
using ThreadGrains.Samples.CallbackReceiver;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
var signature = new StandardWebhook(app.Configuration["CALLBACK_SECRET"] ?? throw new InvalidOperationException("Set CALLBACK_SECRET."), TimeProvider.System);
var taken = new ConcurrentDictionary<string, bool>();                  // a tracker keeps these with its issues: the same id is the same click, told again

app.MapPost("/{**path}", async (HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    if (!signature.Verifies(request.Headers["webhook-id"]!, request.Headers["webhook-timestamp"]!, request.Headers["webhook-signature"]!, body.ToArray()))
    {
        return Results.Unauthorized();
    }

    var data = JsonDocument.Parse(body.ToArray()).RootElement.GetProperty("data");
    string id = data.GetProperty("id").GetString()!;
    Console.WriteLine(taken.TryAdd(id, true)
        ? $"{data.GetProperty("type")} {data.GetProperty("group")} by {data.GetProperty("actor").GetProperty("name")} #{data.GetProperty("sequence")} {id}"
        : $"again {id}");
    return Results.NoContent();
});
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"listening on {string.Join(' ', app.Urls)}"));
app.Run();
