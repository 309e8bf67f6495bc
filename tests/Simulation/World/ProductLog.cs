using Microsoft.Extensions.Logging;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;
using ThreadGrains.Simulation.Scheduling;

namespace ThreadGrains.Simulation.World;

/// <summary>The product's log: part of the history where somebody reads along. An exception that no fault explains is a find.</summary>
internal sealed class ProductLog(Simulator simulator) : ILogger<DeliveryLog>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => simulator.History.IsRead || logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && !IsExpected(exception))
        {
            simulator.Find(exception as BrokenPromise ?? new BrokenPromise("ends", $"{formatter(state, exception)}: {exception}"));
        }

        if (simulator.History.IsRead)
        {
            simulator.History.Told(simulator.Now, formatter(state, exception));
        }
    }

    /// <summary>What the simulated outside throws.</summary>
    public static bool IsExpected(Exception exception) => exception is LedgerUnavailableException or TimeoutException or OperationCanceledException;
}
