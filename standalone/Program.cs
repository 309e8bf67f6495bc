using ThreadGrains.Silo;
using ThreadGrains.Standalone;
using ThreadGrains.Standalone.Backups;
using ThreadGrains.Standalone.Doctor;
using ThreadGrains.Standalone.Launching;

return args switch
{
    ["launch", .. var flags] => await Launcher.Run(flags),
    ["backup", .. var flags] => await BackupCommands.Backup(flags),
    ["restore", .. var flags] => await BackupCommands.Restore(flags),
    ["check", .. var flags] => await LedgerCheck.Run("run", flags),
    ["doctor", .. var flags] => await DoctorCommand.Run(flags),
    _ => await HostedRun.ToTheEnd("threadgrains", () => StandaloneHosting.Build(args)),
};
