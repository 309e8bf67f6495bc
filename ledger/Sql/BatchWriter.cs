namespace ThreadGrains.Ledger.Sql;

/// <summary>
/// A thread of its own (the library blocks, and a pool or grain thread must not) with a connection of its own: takes what
/// waits, commits it in one transaction and completes the callers afterwards. It outlives every error of the database.
/// </summary>
internal sealed class BatchWriter(GroupCommit commits)
{
    /// <summary>How often a batch that the database undid for another transaction's sake is tried in all.</summary>
    private const int Tries = 4;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriteSession? _session;

    /// <summary>Everything that waited is committed, and the connection is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Opens the connection before there is anything to write.</summary>
    /// <exception cref="DatabaseFailure">The database cannot be used.</exception>
    public void Open() => _session = commits.OpenSession();

    public void Start() => new Thread(Run) { IsBackground = true, Name = "ledger writer" }.Start();

    private void Run()
    {
        var batch = new List<WriteItem>(commits.MaxBatch);
        while (Fill(batch))
        {
            commits.Enter();
            try
            {
                Commit(batch);
            }
            finally
            {
                commits.Leave();
            }

            batch.Clear();
        }

        _session?.Dispose();
        _ended.SetResult();
    }

    /// <returns>False: closed and drained.</returns>
    private bool Fill(List<WriteItem> batch)
    {
        while (batch.Count == 0)
        {
            if (!commits.Waiting.TryPeek(out _) && !commits.Waiting.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                return false;
            }

            while (batch.Count < commits.MaxBatch && commits.Waiting.TryRead(out var item))
            {
                if (!item.IsGivenUp())
                {
                    batch.Add(item);
                }
            }
        }

        return true;
    }

    private void Commit(List<WriteItem> batch)
    {
        for (int tried = 1; ; tried++)
        {
            bool committing = false;
            try
            {
                long begun = commits.Clock.GetTimestamp();
                var session = _session ??= commits.OpenSession();
                commits.OnSession?.Invoke(session);
                session.Begin(batch);
                foreach (var item in commits.ApplyTogether(session, batch, first: tried == 1))
                {
                    Apply(session, item);
                }

                var fault = commits.Faults?.Invoke() ?? CommitFault.None;
                if (fault == CommitFault.RefuseBeforeCommit)
                {
                    throw new PlantedFailure("a planted fault before the commit");
                }

                committing = true;
                if (fault == CommitFault.LoseCommit)
                {
                    throw new PlantedFailure("a planted fault of the commit");
                }

                session.Commit();
                commits.Committed?.Invoke(session.Ended.Report(batch.Count, commits.Clock.GetElapsedTime(begun)));
                commits.Wrote(session);
                if (fault == CommitFault.LoseAnswer)
                {
                    throw new PlantedFailure("a planted loss of the commit's answer");
                }
            }
            catch (Exception error)
            {
                // A lost connection before the commit leaves nothing behind; one that had lain idle may be new at once.
                var failure = error as DatabaseFailure;
                bool undone = failure is { IsWorthRepeating: true };
                bool lost = failure is { IsOfConnection: true } && !committing;
                bool clean = Clean(reopen: (committing && !undone) || failure is null || lost) || lost;
                if (clean && ((undone && tried < Tries) || (lost && tried == 1)))
                {
                    continue;
                }

                Answer(batch, (committing && !undone) || !clean, error.Message);
                return;
            }

            break;
        }

        foreach (var item in batch)
        {
            item.Complete();
        }
    }

    /// <summary>Applies one item so that whatever is wrong with it stays with it. Failures of the database go to the batch.</summary>
    private static void Apply(WriteSession session, WriteItem item)
    {
        session.Mark();
        bool keep = false;
        try
        {
            bool keeps = item.Apply(session);
            if (keeps)
            {
                session.Flush();
            }

            keep = keeps;
        }
        catch (DatabaseFailure failure) when (failure.IsOfTheData)
        {
            item.Refuse(failure.Message);
        }
        catch (UnstorableText text)
        {
            item.Refuse(text.Message);
        }
        catch (Exception error) when (error is not DatabaseFailure)
        {
            item.Break(error);
        }

        session.Unmark(keep);
    }

    /// <summary>Leaves no transaction behind; after a failed commit or where that is in doubt, no connection either.</summary>
    /// <returns>True: surely nothing of the batch is in the database.</returns>
    private bool Clean(bool reopen)
    {
        bool clean = true;
        try
        {
            _session?.Rollback();
        }
        catch (DatabaseFailure)
        {
            // Closing the connection rolls back as well, whatever state it is in.
            reopen = true;
            clean = _session is null;
        }

        if (reopen)
        {
            try
            {
                _session?.Dispose();
            }
            catch (DatabaseFailure)
            {
                // It is given up; the database holds no commit of it.
            }

            _session = null;
        }

        return clean;
    }

    private static void Answer(List<WriteItem> batch, bool unknown, string error)
    {
        foreach (var item in batch)
        {
            if (unknown)
            {
                item.CompleteUnknown(error);
            }
            else
            {
                item.CompleteUnavailable(error);
            }
        }
    }
}
