// Tells ThreadGrains about an issue from .NET, without HTTP: the same messages, receipts and promises as /v1.
// Start ./run, then: (. data/local.env; dotnet run --project samples/dotnet-client)
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ThreadGrains.Groups;

string organization = Environment.GetEnvironmentVariable("THREADGRAINS_ORGANIZATION") ?? "local";
// One, or those of all silos of a cluster, separated by commas.
string[] addresses = (Environment.GetEnvironmentVariable("THREADGRAINS_ORLEANS_GATEWAY") ?? "").Split(',');
if (!addresses.All(address => IPEndPoint.TryParse(address, out _)))
{
    Console.Error.WriteLine("Set THREADGRAINS_ORLEANS_GATEWAY, as ./run writes it into local.env.");
    return 1;
}

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
// The cluster's and service's names must be those of the silo.
builder.UseOrleansClient(client => client.UseStaticClustering([.. addresses.Select(IPEndPoint.Parse)]).Configure<Orleans.Configuration.ClusterOptions>(names =>
{
    names.ClusterId = "threadgrains";
    names.ServiceId = "threadgrains";
}));
using var host = builder.Build();
await host.StartAsync();

// A reference to a group costs nothing; the group is wherever Orleans has put it.
var grains = host.Services.GetRequiredService<IClusterClient>();
string issue = $"from-dotnet-{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}";
var group = grains.GetGrain<IIssueGroupGrain>(new GroupKey(organization, issue).ToString());

// Each id makes its event count once: calling again after a time-out is safe.
Show(await group.Announce(new Alert($"{issue}.alert", new IssueFacts("NullReferenceException in Cart.Total", Level: "error", Project: "shop"))));
var ada = new Actor(ActorTypes.User, "u-1", "Ada");
foreach (var receipt in await group.AcceptMany(
[
    new Activity($"{issue}.1", ActivityTypes.Assigned, ada, """{"assignee": "Ada", "assigneeType": "user"}"""),
    new Activity($"{issue}.2", ActivityTypes.Note, ada, """{"text": "An empty cart has no currency."}"""),
    new Activity($"{issue}.3", ActivityTypes.ResolvedInRelease, ada, """{"version": "4.7.1"}"""),
]))
{
    Show(receipt);
}

await host.StopAsync();
return 0;

static void Show(AcceptReceipt receipt) =>
    Console.WriteLine($"{receipt.Id}: {receipt.Outcome}{(receipt.Reason is null ? "" : $" ({receipt.Reason})")}, sequence {receipt.Sequence}, {receipt.Threads} deliveries");
