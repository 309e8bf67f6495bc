namespace ThreadGrains.Slack.WebApi;

/// <summary>auth.test with all that came with its answer, also where it is a refusal: for whoever looks at a connection as such.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Headers">The answer's headers; none where no answer came.</param>
/// <param name="At">Our clock when they had come; null where no answer came. Beside <see cref="SlackHeaders.Date"/> it tells how far the clocks are apart.</param>
public sealed record FirstAnswer(CallOutcome<SlackIdentity> Outcome, SlackHeaders Headers, DateTimeOffset? At);
