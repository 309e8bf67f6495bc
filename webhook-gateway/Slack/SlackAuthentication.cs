using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ThreadGrains.Slack.Payloads;
using ThreadGrains.Slack.Signing;
using ThreadGrains.WebhookGateway.Requests;

namespace ThreadGrains.WebhookGateway.Slack;

/// <summary>Decides over raw bytes whether a request is Slack's: by signature, or by the old token where nothing else is configured.</summary>
internal sealed partial class SlackAuthentication
{
    private readonly SlackSignatureVerifier? _signatures;
    private readonly LegacyTokenVerifier? _token;

    public SlackAuthentication(IOptions<SlackSigningOptions> options, TimeProvider clock, ILogger<SlackAuthentication> logger)
    {
        if (options.Value.Secrets is { Count: > 0 } secrets)
        {
            _signatures = new SlackSignatureVerifier(secrets, clock);
            if (options.Value.LegacyVerificationToken is not null)
            {
                LogTokenUnused(logger);
            }
        }
        else
        {
            _token = new LegacyTokenVerifier(options.Value.LegacyVerificationToken!);
            LogTokenMode(logger);
        }
    }

    public SlackVerdict Judge(byte[] body, IHeaderDictionary headers)
    {
        if (_signatures is not null)
        {
            var verdict = _signatures.Verify(
                new System.Buffers.ReadOnlySequence<byte>(body), headers[SlackSignatureVerifier.TimestampHeader], headers[SlackSignatureVerifier.SignatureHeader]);
            return new SlackVerdict(verdict.Digest, verdict.Reason, verdict.Skew);
        }

        // Without a signature, the same body is the same request: it holds the moment of the click.
        return _token!.Verify(TokenIn(ByteOrderMark.Skip((ReadOnlySpan<byte>)body), headers.ContentType))
            ? new SlackVerdict(Convert.ToHexStringLower(SHA256.HashData(body)), "accepted", TimeSpan.Zero)
            : new SlackVerdict(null, "bad_token", TimeSpan.Zero);
    }

    /// <summary>The one case in which something is read before it is known to be authentic, and that is the token alone: it stands nowhere else.</summary>
    private static string? TokenIn(ReadOnlySpan<byte> body, string? mediaType) =>
        SlackMediaType.IsForm(mediaType) ? LegacyTokenReader.InForm(body) : LegacyTokenReader.InJson(body);

    [LoggerMessage(EventName = "slack_token_mode", Level = LogLevel.Warning,
        Message = "Requests from Slack are checked by the deprecated verification token only, which signs nothing; set ThreadGrains__Slack__SigningSecret instead")]
    private static partial void LogTokenMode(ILogger logger);

    [LoggerMessage(EventName = "slack_token_unused", Level = LogLevel.Warning,
        Message = "ThreadGrains__Slack__LegacyVerificationToken is ignored, because a signing secret is configured; remove it")]
    private static partial void LogTokenUnused(ILogger logger);
}

/// <summary>Whether a request is Slack's.</summary>
/// <param name="Digest">What the replay guard remembers; null: it is not Slack's.</param>
/// <param name="Reason">Why not, as it is logged and counted.</param>
/// <param name="Skew">Our clock minus the request's.</param>
internal sealed record SlackVerdict(string? Digest, string Reason, TimeSpan Skew);
