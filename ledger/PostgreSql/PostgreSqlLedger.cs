using Npgsql;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.Ledger.PostgreSql;

/// <summary>The ledger in a PostgreSQL database, for any number of processes.</summary>
public sealed class PostgreSqlLedger : SqlLedger
{
    /// <summary>
    /// Of every connection: a process that is frozen in the middle of a transaction holds up the groups in it no longer than
    /// this, and nobody waits longer for a lock. Both in milliseconds, below what a caller waits for its answer.
    /// </summary>
    private const string SessionLimits = "-c idle_in_transaction_session_timeout=3000 -c lock_timeout=4000";

    private readonly NpgsqlDataSource _source;
    private readonly bool _ownsSource;

    private PostgreSqlLedger(NpgsqlDataSource source, PostgreSqlLedgerOptions options, TimeProvider? clock, bool ownsSource)
        : base(
            new PostgreSqlGroupCommit(source, options, clock),
            new ReadPool(() => PostgreSqlConnection.Open(source, clock), options.Readers)) => (_source, _ownsSource) = (source, ownsSource);

    /// <summary>Opens the database, whose schema must be this version's (<see cref="DatabaseSchema"/>).</summary>
    /// <param name="options">Settings.</param>
    /// <param name="clock">The ledger's clock; null, as always outside of tests: the server's.</param>
    /// <exception cref="ArgumentException">A setting is out of its limits.</exception>
    /// <exception cref="LedgerUnavailableException">The database cannot be reached, or does not promise durability.</exception>
    public static PostgreSqlLedger Open(PostgreSqlLedgerOptions options, TimeProvider? clock = null)
    {
        options.Check();
        var source = Source(options);
        try
        {
            RequireDurableCommits(source, options);
            return new PostgreSqlLedger(source, options, clock, ownsSource: true);
        }
        catch (Exception error) when (error is NpgsqlException or PostgreSqlFailure)
        {
            source.Dispose();
            throw new LedgerUnavailableException($"The ledger's database cannot be used: {error.Message}", error);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>A ledger on connections that somebody else keeps.</summary>
    internal static PostgreSqlLedger Open(NpgsqlDataSource source, PostgreSqlLedgerOptions options, TimeProvider? clock) =>
        new(source, options, clock, ownsSource: false);

    /// <summary>The ledger's connections.</summary>
    internal static NpgsqlDataSource Source(PostgreSqlLedgerOptions options) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.ConnectionString)
    {
        ApplicationName = "threadgrains ledger",
        Timeout = 3,
        CommandTimeout = 8,
        // What the server never answers ends with the connection, and soon: its transaction's outcome is unknown then.
        CancellationTimeout = 500,
        KeepAlive = 5,
        MaxPoolSize = options.Readers + options.Writers + 2,
        Options = SessionLimits,
    });

    /// <inheritdoc/>
    public override async ValueTask<DateTimeOffset> Now(CancellationToken cancellation) =>
        await Read(session => session.Now, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async Task<int> MoveToHistory(DateTimeOffset finishedBefore, int limit, CancellationToken cancellation)
    {
        try
        {
            await using var months = _source.CreateCommand("select history_make_months()");
            await months.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // What has no month of its own goes to the partition for everything else; nothing waits for it.
        }

        return await base.MoveToHistory(finishedBefore, limit, cancellation).ConfigureAwait(false);
    }

    private protected override ValueTask Close() => _ownsSource ? _source.DisposeAsync() : ValueTask.CompletedTask;

    private static void RequireDurableCommits(NpgsqlDataSource source, PostgreSqlLedgerOptions options)
    {
        foreach (string setting in (string[])["synchronous_commit", "fsync", "full_page_writes"])
        {
            using var show = source.CreateCommand($"select current_setting('{setting}')");
            if (show.ExecuteScalar() is string value and not ("on" or "remote_apply") && !options.AllowUnsafeCommits)
            {
                throw new LedgerUnavailableException(
                    $"The database runs with {setting} = {value}: a commit that was answered can be lost. Set it to on, or ask for less by name with ThreadGrains__AllowUnsafeCommits=true.");
            }
        }
    }
}
