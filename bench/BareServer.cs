using System.Diagnostics;
using ThreadGrains.Silo;

namespace ThreadGrains.Bench;

/// <summary>Kestrel answering 200 to a POST, in a process of its own: the limit of whatever is served over HTTP here.</summary>
internal sealed class BareServer(Process process, Uri address) : IAsyncDisposable
{
    public Uri Address => address;

    public static async Task<BareServer> Start()
    {
        int port = LoopbackPorts.ChooseOne();
        var process = Process.Start(Environment.ProcessPath!, [typeof(BareServer).Assembly.Location, "bare", $"{port}"]);
        var address = new Uri($"http://127.0.0.1:{port}/");
        using var http = new HttpClient();
        for (int round = 0; round < 100; round++)
        {
            try
            {
                using var answer = await http.PostAsync(address, new StringContent("{}"));
                return new BareServer(process, address);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException("The bare server does not answer.");
    }

    public static async Task Run(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapPost("/", async (HttpContext http) =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            return Results.Ok();
        });
        await app.RunAsync();
    }

    public ValueTask DisposeAsync()
    {
        process.Kill();
        process.Dispose();
        return ValueTask.CompletedTask;
    }
}
