namespace ThreadGrains.Grains.Rendering;

/// <summary>
/// Renders a message, and a plainer one where that fails. Rendering keeps Slack's limits for whatever was accepted; should it
/// ever fail all the same, a plain line stands in its place, because a dead announcement would end its thread.
/// </summary>
internal static class RenderingFallback
{
    /// <param name="wanted">How much is to be shown.</param>
    /// <param name="render">Renders it.</param>
    /// <param name="failed">Told of each failure, before the next attempt.</param>
    /// <returns>Null: not even the barest message could be built.</returns>
    public static T? Render<T>(Fullness wanted, Func<Fullness, T> render, Action<Fullness, Exception> failed)
        where T : class
    {
        for (var fullness = wanted; fullness <= Fullness.Bare; fullness++)
        {
            try
            {
                return render(fullness);
            }
            catch (Exception error)
            {
                failed(fullness, error);
            }
        }

        return null;
    }
}
