using Microsoft.Extensions.Hosting;
using ThreadGrains.Silo;

return await HostedRun.ToTheEnd("threadgrains-silo", () =>
{
    var builder = Host.CreateApplicationBuilder(args);
    builder.AddThreadGrainsSilo();
    return builder.Build();
});
