namespace ThreadGrains.Slack.WebApi;

/// <summary>Slack's ids (C…, U…, T…): opaque, letters and digits, about 20 characters today; we allow 64.</summary>
internal static class SlackIds
{
    private const int MaxLength = 64;

    public static string Check(string value, string name) =>
        value is { Length: > 0 and <= MaxLength } && value.All(char.IsAsciiLetterOrDigit)
            ? value
            : throw new ArgumentException($"{name}: a Slack id is 1 to {MaxLength} letters and digits.", name);
}
