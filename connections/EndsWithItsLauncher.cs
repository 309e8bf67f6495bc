using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ThreadGrains.Connections;

/// <summary>
/// A process that <c>./run</c> started ends when <c>./run</c> is gone, as if it had been asked to: whoever kills the launcher means
/// all of it. Only where the launcher says so in the environment; a process that somebody else started goes on.
/// </summary>
public static partial class EndsWithItsLauncher
{
    /// <summary>The environment variable with the launcher's process number.</summary>
    public const string Variable = "THREADGRAINS_LAUNCHER";

    /// <summary>Watches over the launcher, if there is one. To be called before other hosted services are added, which may start slowly.</summary>
    public static IServiceCollection AddEndWithLauncher(this IServiceCollection services)
    {
        if (!OperatingSystem.IsWindows() && int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int launcher))
        {
            services.AddHostedService(provider => new Watch(
                launcher, provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(EndsWithItsLauncher))));
        }

        return services;
    }

    /// <summary>getppid(2): a process whose parent has ended is given another one at once.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int Parent();

    [LoggerMessage(EventName = "launcher_gone", Level = LogLevel.Warning, Message = "Process {Launcher}, which started this one, is gone: ending as well")]
    private static partial void LogGone(ILogger logger, int launcher);

    private sealed class Watch(int launcher, IHostApplicationLifetime life, ILogger logger) : BackgroundService
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            using var timer = new PeriodicTimer(Interval);
            while (Parent() == launcher)
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }

            LogGone(logger, launcher);
            life.StopApplication();
        }
    }
}
