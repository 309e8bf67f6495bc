namespace ThreadGrains.Standalone.Launching;

/// <summary>Whether an address answers that all is well.</summary>
internal static class HttpAnswers
{
    public static Func<CancellationToken, Task<bool>> Well(this HttpClient http, string address) => async cancellation =>
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(address), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    };
}
