using ThreadGrains.SlackEmulator;

try
{
    await using var app = EmulatorHosting.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
{
    Console.Error.WriteLine($"The Slack emulator cannot start: {error.Message}");
    return 1;
}
