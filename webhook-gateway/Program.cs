using Microsoft.Extensions.Options;
using ThreadGrains.WebhookGateway;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.UseOrleansClient(client => client.AddActivityPropagation());
    builder.Services.AddWebhookGateway(builder.Configuration);

    await using var app = builder.Build();
    app.MapWebhookGateway();
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException wrong)
{
    foreach (string failure in wrong.Failures)
    {
        await Console.Error.WriteLineAsync(failure);
    }

    return 1;
}
