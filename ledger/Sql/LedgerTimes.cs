namespace ThreadGrains.Ledger.Sql;

/// <summary>The periods that the ledger adds to its clock by itself.</summary>
/// <param name="EditGrace">
/// How long after the end of its window an edit counts as in flight, when nobody wrote its result: late bytes may arrive
/// until then.
/// </param>
/// <param name="VerifyAfter">When a thread is verified after a doubted delivery was settled by evidence, where no caller names the moment.</param>
internal readonly record struct LedgerTimes(TimeSpan EditGrace, TimeSpan VerifyAfter);
