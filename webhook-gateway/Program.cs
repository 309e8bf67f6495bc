using ThreadGrains.WebhookGateway;

var builder = WebApplication.CreateSlimBuilder(args);
builder.UseOrleansClient(client => client.UseLocalhostClustering());
builder.AddWebhookGateway();
var app = builder.Build();
app.MapWebhookGateway();
await app.RunAsync();
return 0;
