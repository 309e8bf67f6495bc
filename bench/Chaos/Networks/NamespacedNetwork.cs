using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ThreadGrains.Chaos.Networks;

/// <summary>
/// A network of the kernel's for the members of one run (ip-netns(8)): each member in a namespace of its own, all on one bridge,
/// the database and Slack at addresses of their own there. What is cut loses its packets, as in a broken switch: nobody is told,
/// and TCP sends again what was lost once the cut is over, as late as that may be.
/// </summary>
internal sealed class NamespacedNetwork : IAsyncDisposable
{
    /// <summary>The address of no card: what is sent there is lost.</summary>
    private const string Nowhere = "02:00:00:00:de:ad";

    private readonly string _bridge = string.Create(CultureInfo.InvariantCulture, $"tgb{Environment.ProcessId}");
    private readonly Dictionary<string, Member> _members = [];

    private NamespacedNetwork()
    {
        Database = Address(1);
        Slack = Address(2);
    }

    /// <summary>Where a relay to the database listens.</summary>
    public IPAddress Database { get; }

    /// <summary>Where a relay to Slack listens.</summary>
    public IPAddress Slack { get; }

    /// <summary>Everybody who has a namespace.</summary>
    public IEnumerable<string> Members => _members.Keys;

    /// <exception cref="InvalidOperationException">They are not to be had here; the message says why.</exception>
    public static async Task<NamespacedNetwork> Create()
    {
        var network = new NamespacedNetwork();
        try
        {
            await Ip("link", "add", network._bridge, "type", "bridge");
            foreach (var address in (IPAddress[])[network.Database, network.Slack])
            {
                await Ip("addr", "add", $"{address}/24", "dev", network._bridge);
            }

            await Ip("link", "set", network._bridge, "up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a namespace.</summary>
    /// <returns>The member's address.</returns>
    public async Task<IPAddress> Add(string name)
    {
        int number = _members.Count + 1;
        var member = new Member(
            string.Create(CultureInfo.InvariantCulture, $"threadgrains-{Environment.ProcessId}-{number}"),
            string.Create(CultureInfo.InvariantCulture, $"tgv{Environment.ProcessId}n{number}"), Address(10 + number));
        await Ip("netns", "add", member.Namespace);
        _members.Add(name, member);
        await Ip("link", "add", member.Cable, "type", "veth", "peer", "name", "eth0", "netns", member.Namespace);
        await Ip("link", "set", member.Cable, "master", _bridge, "up");
        await Ip("-n", member.Namespace, "link", "set", "lo", "up");
        await Ip("-n", member.Namespace, "addr", "add", $"{member.Address}/24", "dev", "eth0");
        await Ip("-n", member.Namespace, "link", "set", "eth0", "up");
        return member.Address;
    }

    /// <summary>The same program in the member's namespace, under the same process number.</summary>
    public ProcessStartInfo Inside(string name, ProcessStartInfo start)
    {
        string[] arguments = ["netns", "exec", _members[name].Namespace, start.FileName, .. start.ArgumentList];
        start.FileName = "ip";
        start.ArgumentList.Clear();
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Loses what a member sends to an address, or no longer.</summary>
    public Task Lose(string name, IPAddress to, bool lost) => lost
        ? Ip("-n", _members[name].Namespace, "neigh", "replace", $"{to}", "lladdr", Nowhere, "dev", "eth0", "nud", "permanent")
        : Ip("-n", _members[name].Namespace, "neigh", "del", $"{to}", "dev", "eth0");

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values)
        {
            // By itself it goes only when the last process there has ended.
            await Try("link", "del", member.Cable);
            await Try("netns", "del", member.Namespace);
        }

        await Try("link", "del", _bridge);
    }

    /// <summary>One network for each run on a machine: its third number is the run's process.</summary>
    private static IPAddress Address(int last) => new([10, 213, (byte)(1 + (Environment.ProcessId % 250)), (byte)last]);

    private static async Task Ip(params string[] arguments)
    {
        if (await Try(arguments) is { } refusal)
        {
            throw new InvalidOperationException(
                $"--netns: network namespaces are not to be had here (ip {string.Join(' ', arguments)}: {refusal}). They need root and iproute2; without --netns cuts are made by relays.");
        }
    }

    /// <returns>Null: done; else what ip said.</returns>
    private static async Task<string?> Try(params string[] arguments)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
            string said = await ip.StandardError.ReadToEndAsync();
            await ip.WaitForExitAsync();
            return ip.ExitCode == 0 ? null : said.Trim();
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            return absent.Message;
        }
    }

    private sealed record Member(string Namespace, string Cable, IPAddress Address);
}
