namespace ThreadGrains.Chaos.Relays;

/// <summary>What a relay does to what runs through it.</summary>
internal enum Cut
{
    /// <summary>Everything passes.</summary>
    None,

    /// <summary>Connections are taken and everything is swallowed, both ways. When it is over they are reset: what is missing in a stream cannot be mended.</summary>
    Swallow,

    /// <summary>What is written is kept, and passes when it is over; unless its writer has given the connection up meanwhile.</summary>
    Hold,

    /// <summary>Open connections are reset, new ones too.</summary>
    Refuse,
}
