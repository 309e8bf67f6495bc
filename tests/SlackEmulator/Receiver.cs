using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ThreadGrains.SlackEmulator.Hosting;

namespace ThreadGrains.SlackEmulator.Tests;

/// <summary>An app's request URL: keeps what it is sent, byte for byte, and answers as told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _host;

    private readonly ConcurrentQueue<(string Path, Dictionary<string, string> Headers, byte[] Body)> _received = [];

    private Receiver(WebApplication host) => _host = host;

    /// <summary>What has come so far; requests come beside each other.</summary>
    public IReadOnlyList<(string Path, Dictionary<string, string> Headers, byte[] Body)> Received => [.. _received];

    public int Status { get; set; } = 200;

    public string Answer { get; set; } = "";

    /// <summary>Headers of the answer.</summary>
    public Dictionary<string, string> AnswerHeaders { get; } = [];

    /// <summary>Ends when the receiver is to answer.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public Uri Address { get; private set; } = null!;

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var host = builder.Build();
        var receiver = new Receiver(host);
        host.Run(receiver.Take);
        await host.StartAsync();
        receiver.Address = EmulatorHosting.AddressOf(host.Services.GetRequiredService<IServer>());
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    private async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _received.Enqueue((http.Request.Path, http.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        await Hold;
        http.Response.StatusCode = Status;
        foreach (var (name, value) in AnswerHeaders) http.Response.Headers[name] = value;
        await http.Response.WriteAsync(Answer);
    }
}
