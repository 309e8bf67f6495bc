using System.Net;
using ThreadGrains.Chaos.Relays;

namespace ThreadGrains.Chaos.Networks;

/// <summary>A way that is cut by losing what is sent on it; answers still come back, but nobody is told that they did.</summary>
/// <param name="network">The network.</param>
/// <param name="to">Where it leads.</param>
/// <param name="users">Who sends on it.</param>
/// <param name="relay">At its end: what a network cannot do, it does. Null: nothing is asked of it.</param>
internal sealed class NamespacedWay(NamespacedNetwork network, IPAddress to, Func<IEnumerable<string>> users, Relay? relay = null) : IWay
{
    private readonly HashSet<string> _lost = [];

    public async Task Set(Cut cut, string? from = null)
    {
        if (cut == Cut.Refuse)
        {
            relay!.Set(cut);
            return;
        }

        relay?.Set(Cut.None);
        // Whatever is to be swallowed or held back: a network does both alike, TCP sends again what is missing.
        bool lost = cut != Cut.None;
        foreach (string user in from is null ? users() : [from])
        {
            if (lost ? _lost.Add(user) : _lost.Remove(user))
            {
                await network.Lose(user, to, lost);
            }
        }
    }
}
