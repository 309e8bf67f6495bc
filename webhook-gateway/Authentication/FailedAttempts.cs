using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ThreadGrains.WebhookGateway.Authentication;

/// <summary>
/// Counts failed authentications per remote address, in fixed memory: addresses share the slots of a table by a hash that differs
/// from process to process, so nobody can grow it or choose whom to share with.
/// </summary>
internal sealed class FailedAttempts(IOptions<GatewayOptions> options, TimeProvider clock)
{
    private const int Slots = 16_384;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly (long Window, int Count)[] _slots = new (long, int)[Slots];

    public void Count(IPAddress? address)
    {
        lock (_gate)
        {
            ref var slot = ref _slots[SlotOf(address)];
            long window = CurrentWindow();
            slot = slot.Window == window ? (window, slot.Count + 1) : (window, 1);
        }
    }

    /// <returns>How long the address has to wait; null: it may try.</returns>
    public TimeSpan? Blocked(IPAddress? address)
    {
        lock (_gate)
        {
            var (window, count) = _slots[SlotOf(address)];
            long now = clock.GetUtcNow().Ticks;
            return window == CurrentWindow() && count >= options.Value.FailuresPerMinute
                ? TimeSpan.FromTicks(((window + 1) * Window.Ticks) - now)
                : null;
        }
    }

    private long CurrentWindow() => clock.GetUtcNow().Ticks / Window.Ticks;

    private static int SlotOf(IPAddress? address)
    {
        var hash = new HashCode();
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        // One subscriber has a whole /64 of IPv6.
        byte[] bytes = address?.GetAddressBytes() ?? [];
        hash.AddBytes(address?.AddressFamily == AddressFamily.InterNetworkV6 ? bytes.AsSpan(0, 8) : bytes);
        return (int)((uint)hash.ToHashCode() % Slots);
    }
}
