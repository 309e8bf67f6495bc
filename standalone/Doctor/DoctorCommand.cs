using System.Runtime.InteropServices;
using ThreadGrains.Connections;
using ThreadGrains.Silo;

namespace ThreadGrains.Standalone.Doctor;

/// <summary><c>./run doctor</c>: looks at everything that has to fit together for the first thread, beside the running product or without one.</summary>
internal static class DoctorCommand
{
    /// <returns>0 when nothing failed, 1 when something did, 2 for wrong options.</returns>
    public static async Task<int> Run(string[] flags)
    {
        DoctorOptions options;
        try
        {
            options = DoctorOptions.Read(flags);
        }
        catch (StartRefusedException wrong)
        {
            await Console.Error.WriteLineAsync($"run: {wrong.Message} (./run doctor --help)");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        void Ask(PosixSignalContext signal)
        {
            signal.Cancel = true; // a test message in the channel is deleted first
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        try
        {
            using var configuration = new ConfigurationManager();
            configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables();
            configuration.Prepare();
            var settings = DoctorSettings.Gather(options, configuration);
            var findings = await new Examination(settings, options, Tell, TimeProvider.System).Run(stop.Token);
            Console.WriteLine(options.Json ? Report.Json(findings) : Report.Summary(findings));
            return findings.Any(finding => finding.Verdict == Verdict.Fail) ? 1 : 0;
        }
        catch (SettingRefusedException refused)
        {
            await Console.Error.WriteLineAsync($"run: {refused.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("run: stopped before everything was looked at.");
            return 1;
        }

        void Tell(Finding finding)
        {
            if (!options.Json)
            {
                Console.WriteLine(Report.Line(finding));
            }
        }
    }
}
