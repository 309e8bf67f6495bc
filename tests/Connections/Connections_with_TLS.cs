using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using ThreadGrains.Silo;

namespace ThreadGrains.Connections.Tests;

/// <summary>Real silos and a real client, on sockets: who has a certificate of our authority is let in, and nobody else is.</summary>
public sealed class Connections_with_TLS : IAsyncLifetime, IDisposable
{
    private readonly Authority _ours = new();
    private readonly Authority _foreign = new("somebody else");
    private readonly (int Silo, int Gateway)[] _ports = [(LoopbackPorts.ChooseOne(), LoopbackPorts.ChooseOne()), (LoopbackPorts.ChooseOne(), LoopbackPorts.ChooseOne())];
    private readonly List<IHost> _silos = [];

    public async Task InitializeAsync()
    {
        _silos.Add(await StartSilo(0, _ours.Settings(_ours.Issue("silo-1"))));
        _silos.Add(await StartSilo(1, _ours.Settings(_ours.Issue("silo-2"))));
    }

    public async Task DisposeAsync()
    {
        foreach (var silo in Enumerable.Reverse(_silos))
        {
            await silo.StopAsync();
            silo.Dispose();
        }
    }

    public void Dispose()
    {
        _ours.Dispose();
        _foreign.Dispose();
    }

    [Fact]
    public async Task A_client_with_a_certificate_of_the_authority_reaches_grains_on_every_silo_and_silos_reach_each_other()
    {
        using var client = await StartClient(_ours.Settings(_ours.Issue("gateway-1")));
        var grains = client.Services.GetRequiredService<IGrainFactory>();
        var silos = new HashSet<string>();
        for (int i = 0; i < 60; i++)
        {
            silos.Add(await grains.GetGrain<IEchoGrain>($"{i}").Where());
        }

        Assert.Equal(2, silos.Count);
        string large = new('x', 300_000);
        Assert.Equal(large, await grains.GetGrain<IEchoGrain>("relay").Relay("other", large));
        await client.StopAsync();
    }

    [Fact]
    public async Task A_client_with_a_certificate_of_another_authority_is_refused()
    {
        var settings = _foreign.Settings(_foreign.Issue("intruder"), authority: _ours.CertificateFile);
        Assert.Throws<SettingRefusedException>(() => MutualTls.Of(settings));
        await Refused(_foreign.Settings(_foreign.Issue("intruder")));
    }

    [Fact]
    public async Task A_certificate_that_is_out_of_date_or_for_servers_only_is_refused()
    {
        Assert.Throws<SettingRefusedException>(() => MutualTls.Of(_ours.Settings(_ours.Issue("old", validDays: -1))));
        await Refused(_ours.Settings(_ours.Issue("server-only", 5, "1.3.6.1.5.5.7.3.1")));
    }

    [Fact]
    public async Task Without_TLS_nobody_is_answered()
    {
        await Refused(null);

        using var plain = new TcpClient();
        await plain.ConnectAsync(IPAddress.Loopback, _ports[0].Gateway);
        await plain.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
        Assert.DoesNotContain("threadgrains", await ReadToEnd(plain), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> ReadToEnd(TcpClient client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var text = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(text, deadline.Token);
        }
        catch (IOException)
        {
            // Reset: not answered either.
        }

        return Encoding.Latin1.GetString(text.ToArray());
    }

    /// <summary>The client does not come to connect.</summary>
    private async Task Refused(IConfiguration? settings) =>
        await Assert.ThrowsAnyAsync<Exception>(async () => (await StartClient(settings, TimeSpan.FromSeconds(4))).Dispose());

    private async Task<IHost> StartSilo(int number, IConfiguration settings)
    {
        var tls = MutualTls.Of(settings)!;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, _ports[0].Silo));
            silo.ConfigureEndpoints(IPAddress.Loopback, _ports[number].Silo, _ports[number].Gateway);
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("tls", "tls"));
            silo.Configure<SiloConnectionOptions>(connections =>
            {
                connections.ConfigureSiloInboundConnection(tls.UseAsServer);
                connections.ConfigureGatewayInboundConnection(tls.UseAsServer);
                connections.ConfigureSiloOutboundConnection(tls.UseAsClient);
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task<IHost> StartClient(IConfiguration? settings, TimeSpan? patience = null)
    {
        var tls = settings is null ? null : MutualTls.Of(settings);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering([.. _ports.Select(ports => new IPEndPoint(IPAddress.Loopback, ports.Gateway))]);
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("tls", "tls"));
            if (tls is not null)
            {
                client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(tls.UseAsClient));
            }
        });
        var host = builder.Build();
        try
        {
            using var deadline = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(30));
            await host.StartAsync(deadline.Token);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}

/// <summary>Says where it is, and hands on what it is given.</summary>
public interface IEchoGrain : IGrainWithStringKey
{
    Task<string> Where();

    Task<string> Echo(string text);

    Task<string> Relay(string to, string text);
}

internal sealed class EchoGrain(ILocalSiloDetails silo) : Grain, IEchoGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task<string> Echo(string text) => Task.FromResult(text);

    public async Task<string> Relay(string to, string text)
    {
        // One of these is on the other silo.
        string last = "";
        for (int i = 0; i < 20; i++)
        {
            last = await GrainFactory.GetGrain<IEchoGrain>($"{to}-{i}").Echo(text);
        }

        return last;
    }
}
