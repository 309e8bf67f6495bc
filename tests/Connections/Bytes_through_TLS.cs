using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace ThreadGrains.Connections.Tests;

/// <summary>What goes in at one end comes out at the other one, whatever its size, in both directions at once.</summary>
public sealed class Bytes_through_TLS : IDisposable
{
    private readonly Authority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(16_384)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Arrive_whole(int length)
    {
        var tls = MutualTls.Of(_authority.Settings(_authority.Issue("a")))!;
        var (up, down) = (new Pipe(), new Pipe());
        byte[] sent = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        byte[][] arrived = await Task.WhenAll(
            Exchange(tls.UseAsServer, new Ends(up.Reader, down.Writer), sent, deadline.Token),
            Exchange(tls.UseAsClient, new Ends(down.Reader, up.Writer), sent, deadline.Token));
        Assert.All(arrived, bytes => Assert.Equal(sent, bytes));
    }

    private static async Task<byte[]> Exchange(Action<IConnectionBuilder> use, IDuplexPipe plain, byte[] sent, CancellationToken cancellation)
    {
        byte[] arrived = [];
        var builder = new ConnectionBuilder(new NoServices());
        use(builder);
        builder.Run(async context =>
        {
            var writing = Task.Run(async () => await context.Transport.Output.WriteAsync(sent, cancellation), cancellation);
            while (true)
            {
                var read = await context.Transport.Input.ReadAsync(cancellation);
                if (read.Buffer.Length >= sent.Length || read.IsCompleted)
                {
                    arrived = read.Buffer.ToArray();
                    context.Transport.Input.AdvanceTo(read.Buffer.End);
                    break;
                }

                context.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }

            await writing;
        });
        await builder.Build()(new DefaultConnectionContext("test", plain, plain));
        return arrived;
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
