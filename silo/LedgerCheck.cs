using ThreadGrains.Connections;
using ThreadGrains.Ledger;
using ThreadGrains.Ledger.PostgreSql;
using ThreadGrains.Ledger.Sqlite;
using ThreadGrains.Silo.PostgreSql;

namespace ThreadGrains.Silo;

/// <summary>
/// The command <c>check</c>: whether each thread's counters add up to the deliveries that were made for it, history included
/// (P9). Writes nothing, and is safe while the ledger is in use.
/// </summary>
public static class LedgerCheck
{
    /// <param name="program">The program's name, for what it says.</param>
    /// <param name="arguments">Settings; <c>--data DIR</c> names the folder of an embedded ledger, whatever is configured.</param>
    /// <returns>0: every thread adds up. 1: some do not, or it could not be said.</returns>
    public static async Task<int> Run(string program, string[] arguments)
    {
        bool addsUp = false;
        int exit = await HostedRun.Once(program, async () => addsUp = Tell(await Check(arguments)));
        return addsUp ? exit : 1;
    }

    private static bool Tell(IReadOnlyList<ConservationError> errors)
    {
        foreach (var error in errors)
        {
            Console.WriteLine($"thread {error.Thread}: made {error.Made}, counted {error.Counted}");
        }

        Console.WriteLine(errors.Count == 0 ? "Every thread adds up." : $"{errors.Count} threads do not add up. Keep the ledger and report it.");
        return errors.Count == 0;
    }

    private static async Task<IReadOnlyList<ConservationError>> Check(string[] arguments)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(arguments, new Dictionary<string, string> { ["--data"] = $"{StorageOptions.Section}:{nameof(StorageOptions.Data)}" });
        configuration.Prepare();
        var storage = configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        bool isEmbedded = string.IsNullOrWhiteSpace(storage.Database) || arguments.Any(argument => argument.StartsWith("--data", StringComparison.Ordinal));
        try
        {
            return isEmbedded ? Embedded(storage.Data) : await OfCluster(storage);
        }
        catch (LedgerUnavailableException problem)
        {
            throw new StartRefusedException(problem.Message, problem);
        }
    }

    private static IReadOnlyList<ConservationError> Embedded(string folder)
    {
        string file = Path.Combine(folder, EmbeddedDatabases.LedgerFile);
        return File.Exists(file)
            ? SqliteLedger.CheckFile(new SqliteLedgerOptions { Path = file })
            : throw new StartRefusedException($"There is no {file}. A cluster's ledger is checked by threadgrains-silo check, with ThreadGrains__Database.");
    }

    private static async Task<IReadOnlyList<ConservationError>> OfCluster(StorageOptions storage)
    {
        string database = ClusterDatabase.Checked(storage.Database);
        PostgreSqlSchema.Require(database);
        await using var ledger = PostgreSqlLedger.Open(new PostgreSqlLedgerOptions { ConnectionString = database, AllowUnsafeCommits = true });
        return await ledger.CheckConservation(CancellationToken.None);
    }
}
