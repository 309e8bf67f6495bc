using ThreadGrains.CrashPoints;
using ThreadGrains.Ledger;
using ThreadGrains.Silo;
using ThreadGrains.WebhookGateway;

// Silo and gateway in one process, composed as the product does, on SQLite or as a member of a cluster on PostgreSQL: and a kill
// switch around its ledger and its way to Slack. CrashPoints__Point names the call, CrashPoints__Mark the file that tells.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var configuration = builder.Configuration;
var killSwitch = new KillSwitch(configuration["CrashPoints:Point"] is { } point ? CrashPoint.Parse(point) : null, configuration["CrashPoints:Mark"] ?? "");
await using var slack = await SlackRelay.Start(new Uri(configuration["ThreadGrains:Slack:ApiUrl"]!), killSwitch);
configuration["ThreadGrains:Slack:ApiUrl"] = slack.Address.ToString();

return await HostedRun.ToTheEnd("crash-child", () =>
{
    builder.AddThreadGrainsSilo();
    builder.Services.AddWebhookGateway(configuration);
    var ledger = builder.Services.Single(service => service.ServiceType == typeof(ILedger));
    builder.Services.Remove(ledger);
    builder.Services.AddSingleton(services => SwitchedLedger.Around((ILedger)ledger.ImplementationFactory!(services), killSwitch));
    var app = builder.Build();
    app.MapWebhookGateway();
    return app;
});
