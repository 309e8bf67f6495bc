using ThreadGrains.Silo;

return args switch
{
    ["migrate", .. var settings] => await HostedRun.Once("threadgrains-silo", () => SiloProcess.Migrate(settings)),
    _ => await HostedRun.ToTheEnd("threadgrains-silo", () => SiloProcess.Build(args)),
};
