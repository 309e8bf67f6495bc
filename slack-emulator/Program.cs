using ThreadGrains.SlackEmulator.Hosting;

return await EmulatorProcess.Run(args);
