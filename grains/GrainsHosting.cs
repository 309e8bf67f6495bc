using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Callbacks;
using ThreadGrains.Grains.Delivery;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Organizations;
using ThreadGrains.Grains.Recovery;
using ThreadGrains.Grains.Reports;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Grains.Workspaces;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains;

/// <summary>What a silo needs to run the grains; the ledger, the storage of grain state and <see cref="IStoredInstallations"/> come from the host.</summary>
public static class GrainsHosting
{
    /// <summary>Adds options (checked at start), the Slack client, and the services that run beside the grains.</summary>
    public static IServiceCollection AddThreadGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DeliveryOptions>().Bind(configuration.GetSection(DeliveryOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryTimesValidator>();
        services.AddOptions<PacingOptions>().Bind(configuration.GetSection(PacingOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PacingOptions>, PacingOptionsValidator>();
        services.AddSingleton<IValidateOptions<PacingOptions>, PacingTimesValidator>();
        services.AddOptions<LedgerWatchOptions>().Bind(configuration.GetSection(LedgerWatchOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LedgerWatchOptions>, LedgerWatchOptionsValidator>();
        services.AddOptions<InDoubtOptions>().Bind(configuration.GetSection(InDoubtOptions.Section)).ValidateOnStart();
        services.AddOptions<OrganizationOptions>().Bind(configuration.GetSection(OrganizationOptions.Section))
            .Validate(options => options.Organization.Length is >= 1 and <= 40 && options.Organization.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'),
                "ThreadGrains__Organization must be 1 to 40 characters of a-z, 0-9 and the hyphen.")
            .Validate(options => options.ApiKey is not { Length: > 0 } key || key.StartsWith($"tg_{options.Organization}_", StringComparison.Ordinal),
                "ThreadGrains__ApiKey must read tg_<organization>_<43 characters>, with the organization of ThreadGrains__Organization.")
            .ValidateOnStart();
        services.AddOptions<SlackOptions>().Bind(configuration.GetSection(SlackOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SlackOptions>, SlackOptionsValidator>();

        services.AddOptions<CallbackOptions>().Bind(configuration.GetSection(CallbackOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallbackOptions>, CallbackLimitsValidator>();
        services.AddSingleton<IValidateOptions<CallbackOptions>, CallbackOptionsValidator>();

        services.AddOptions<SecretsOptions>().Bind(configuration.GetSection(SecretsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecretsOptions>, SecretsOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<IdSource>();
        services.AddSingleton<DeliveryLog>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<AcceptMetrics>();
        services.AddSingleton<SlackCallMetrics>();
        services.AddSingleton<SlackNotices>();
        services.AddSingleton<LedgerMetrics>();
        services.AddSingleton<SlackInstallations>();
        services.AddSingleton<TokenCipher>();
        services.AddSingleton<WorkspaceTokens>();
        services.AddSingleton<SlackIdentities>();
        services.AddSingleton<ParkedGroups>();
        services.AddSingleton<MovedChannels>();
        services.AddSingleton<CircuitMetrics>();
        services.AddSingleton(provider => new SlackClient(
            new SlackClientOptions
            {
                ApiUrl = provider.GetRequiredService<IOptions<SlackOptions>>().Value.ApiUrl,
                Called = provider.GetRequiredService<SlackCallMetrics>().Called,
                Noticed = provider.GetRequiredService<SlackNotices>().Noticed,
            },
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CallbackSender>();
        services.AddSingleton<CallbackLog>();
        services.AddSingleton<CallbackMetrics>();
        services.AddSingleton<CallbackContext>();
        services.AddSingleton<OrganizationSettingsCache>();
        services.AddHostedService(provider => provider.GetRequiredService<OrganizationSettingsCache>());
        services.AddSingleton(provider => new TakeOvers(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IdSource>().Chance));
        services.AddHostedService<RecoveryService>();
        services.AddHostedService<HistoryService>();
        services.AddHostedService<LedgerWatch>();
        services.AddHostedService<ConservationWatch>();
        services.AddHostedService<InstallationCheck>();
        return services;
    }
}
