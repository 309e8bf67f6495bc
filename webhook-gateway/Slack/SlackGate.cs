using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.Slack.Signing;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>
/// Tells Slack's requests from others: by signature over the raw bytes; by the legacy token only where no signing secret
/// is configured and it was asked for by name. Never either of the two, which would let the weaker one decide.
/// </summary>
internal sealed partial class SlackGate
{
    private readonly SlackSignatureVerifier? _signatures;
    private readonly LegacyTokenVerifier? _tokens;
    private readonly Counter<long> _refused;
    private readonly ILogger<SlackGate> _logger;

    /// <exception cref="OptionsValidationException">There is nothing to tell Slack's requests by.</exception>
    public SlackGate(IOptions<SlackWebhookOptions> options, TimeProvider clock, IMeterFactory meters, ILogger<SlackGate> logger)
    {
        _logger = logger;
        _refused = meters.Create("ThreadGrains").CreateCounter<long>("threadgrains.slack.refused", "{request}", "Requests that were not Slack's, by reason");
        var slack = options.Value;
        if (!string.IsNullOrWhiteSpace(slack.SigningSecret))
        {
            _signatures = new SlackSignatureVerifier(slack.SigningSecret.Split(',', StringSplitOptions.TrimEntries), clock);
        }
        else if (slack.AcceptLegacyToken && !string.IsNullOrWhiteSpace(slack.VerificationToken))
        {
            _tokens = new LegacyTokenVerifier(slack.VerificationToken);
            LogLegacy();
        }
        else
        {
            throw new OptionsValidationException(SlackWebhookOptions.Section, typeof(SlackWebhookOptions),
                ["ThreadGrains__Slack__SigningSecret is missing: without it anybody could click in Slack's name."]);
        }
    }

    /// <summary>A digest by which the very same request is known again; null: it is not Slack's.</summary>
    public string? Check(IHeaderDictionary headers, byte[] body)
    {
        if (_signatures is not null)
        {
            var verdict = _signatures.Verify(
                body, [.. headers[SlackSignatureVerifier.TimestampHeader]], [.. headers[SlackSignatureVerifier.SignatureHeader]]);
            if (verdict.Accepted)
            {
                return verdict.Digest;
            }

            _refused.Add(1, new KeyValuePair<string, object?>("reason", verdict.Reason));
            LogRefused(verdict.Reason, verdict.Skew.TotalSeconds);
            return null;
        }

        // Forms only: the token stands in the payload, which has to be read to see it.
        string? token = LegacyToken.Of(body);
        if (_tokens!.Verify(token))
        {
            return Convert.ToHexStringLower(SHA256.HashData(body));
        }

        _refused.Add(1, new KeyValuePair<string, object?>("reason", "token"));
        LogRefused("token", 0);
        return null;
    }

    [LoggerMessage(EventName = "slack_request_refused", Level = LogLevel.Warning, Message = "Refused a request that is not Slack's: {Reason} (its clock differs by {SkewSeconds} s)")]
    private partial void LogRefused(string reason, double skewSeconds);

    [LoggerMessage(EventName = "legacy_token", Level = LogLevel.Warning, Message = "Requests of Slack's are told by the legacy verification token, which proves little; configure ThreadGrains__Slack__SigningSecret")]
    private partial void LogLegacy();
}
