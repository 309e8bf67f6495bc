using ThreadGrains.Connections;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Silo;

/// <summary>The edge of a process: runs a host to its end, and turns a start that cannot be into one line and an exit code.</summary>
public static class HostedRun
{
    /// <summary>Builds and runs a host until it is asked to stop.</summary>
    /// <param name="program">The program's name, for the line.</param>
    /// <param name="build">Composes the host.</param>
    /// <returns>0 after a stop that was asked for; 1 when it could not start.</returns>
    public static async Task<int> ToTheEnd(string program, Func<IHost> build)
    {
        return await Once(program, async () =>
        {
            using var host = build();
            try
            {
                // Before the host does it, which would log a stack trace beside our line.
                host.Services.GetService<IStartupValidator>()?.Validate();
                await host.RunAsync();
            }
            finally
            {
                await ((IAsyncDisposable)host).DisposeAsync();
            }
        });
    }

    /// <summary>Does something that has an end of its own.</summary>
    /// <param name="program">The program's name, for the line.</param>
    /// <param name="work">What is to be done.</param>
    /// <returns>0 when it is done; 1 when it could not be.</returns>
    public static async Task<int> Once(string program, Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (Exception problem) when (SettingProblems.Explain(problem, Own) is { Count: > 0 } lines)
        {
            foreach (string line in lines)
            {
                await Console.Error.WriteLineAsync($"{program}: {line}");
            }

            return 1;
        }
    }

    private static string? Own(Exception problem) => problem is StartRefusedException refused ? refused.Message : null;
}
