namespace ThreadGrains.Ledger;

/// <summary>What one commit of the ledger's writer came to, for whoever counts.</summary>
/// <param name="Writes">How many writes, of whatever groups, it carried.</param>
/// <param name="Duration">From the beginning of the transaction until it was durable.</param>
/// <param name="Sent">Deliveries that became sent in it.</param>
/// <param name="Dead">Deliveries that died in it; a replay lets one die or be sent again.</param>
/// <param name="Cancelled">Deliveries that were cancelled in it.</param>
public readonly record struct CommitReport(int Writes, TimeSpan Duration, long Sent, long Dead, long Cancelled);
