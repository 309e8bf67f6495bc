using System.Net;
using System.Net.Sockets;

namespace ThreadGrains.Grains.Callbacks;

/// <summary>
/// Whether an address can be a receiver on the internet. Whoever may set an address, or the name that it resolves to, must not
/// reach into our own network by it: metadata services, databases and silos listen there without a password. Refused is
/// whatever IANA's special-purpose registries (RFC 6890) do not call globally reachable, and what carries such an IPv4
/// address inside.
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] NotPublic4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    // Teredo and its neighbours, documentation, 6to4 (an IPv4 address inside), documentation again.
    private static readonly IPNetwork[] NotPublic6 =
        [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    // In a network without IPv4 every IPv4 receiver is reached through this prefix (RFC 6052): what counts is the address inside.
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Is(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !NotPublic4.Any(network => network.Contains(address));
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        return Translated.Contains(address)
            ? Is(new IPAddress(address.GetAddressBytes().AsSpan(12)))
            : Global6.Contains(address) && !NotPublic6.Any(network => network.Contains(address));
    }
}
