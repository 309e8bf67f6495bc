namespace ThreadGrains.Chaos.Relays;

/// <summary>A way from one process to another that can be cut.</summary>
internal interface IWay
{
    /// <summary>Cuts or heals: for all who use it, or for what one process opened.</summary>
    Task Set(Cut cut, string? from = null);
}
