using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;

namespace ThreadGrains.SlackEmulator.Hosting;

/// <summary>The process: start, one line, wait, clean end. What keeps it from starting is one line too, with exit code 1.</summary>
internal static class EmulatorProcess
{
    public static async Task<int> Run(string[] arguments)
    {
        try
        {
            var options = EmulatorOptions.Read(arguments);
            await using var emulator = EmulatorHosting.Build(options, TimeProvider.System);
            await emulator.StartAsync();
            Console.WriteLine("Listening on " + EmulatorHosting.AddressOf(emulator.Services.GetRequiredService<IServer>()).GetLeftPart(UriPartial.Authority));
            if (options.Launcher is { } launcher) _ = Launcher.EndWith(launcher, emulator.Lifetime, TimeProvider.System);
            await emulator.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception trouble) when (trouble is FormatException or InvalidDataException or IOException or UnauthorizedAccessException or SocketException)
        {
            await Console.Error.WriteLineAsync("slack-emulator: " + (trouble.InnerException is SocketException ? trouble.Message : trouble.Message.ReplaceLineEndings(" ")));
            return 1;
        }
    }
}
