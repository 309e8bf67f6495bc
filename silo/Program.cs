using ThreadGrains.Silo;

return args switch
{
    ["migrate", .. var settings] => await HostedRun.Once("threadgrains-silo", () => SiloProcess.Migrate(settings)),
    ["check", .. var settings] => await LedgerCheck.Run("threadgrains-silo", settings),
    _ => await HostedRun.ToTheEnd("threadgrains-silo", () => SiloProcess.Build(args)),
};
