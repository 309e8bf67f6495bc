using ThreadGrains.Silo;
using ThreadGrains.Standalone;
using ThreadGrains.Standalone.Launching;

return args is ["launch", .. var flags]
    ? await Launcher.Run(flags)
    : await HostedRun.ToTheEnd("threadgrains", () => StandaloneHosting.Build(args));
