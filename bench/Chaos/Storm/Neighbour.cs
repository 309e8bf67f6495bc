using System.Diagnostics;
using ThreadGrains.Chaos.Judging;
using ThreadGrains.Chaos.Running;
using ThreadGrains.Chaos.Sending;

namespace ThreadGrains.Chaos.Storm;

/// <summary>A thread beside the storm, in a channel of its own, that is told one thing every two seconds.</summary>
internal sealed class Neighbour(string name, string workspace, string channel, GatewayClient gateway, EmulatorClient emulator)
{
    /// <summary>Slower than its channel's limit, so that no post waits for an earlier one of its own.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    private static int s_words = 1_000_000;

    public string Name => name;

    public async Task Announce()
    {
        var answer = await gateway.Alert($"{name}.alert", name, $"Beside the storm {Word.Of(Interlocked.Increment(ref s_words))}", workspace, [channel]);
        if (!answer.IsAccepted)
        {
            throw new InvalidOperationException($"The alert of {name} was not accepted: {answer.Status} {answer.Trouble}");
        }

        await Surroundings.Until(async () => (await emulator.Messages([channel], workspace)).Count == 1, $"{name} is announced");
    }

    /// <summary>Tells it something at its pace until it is over, and waits until all of that stands.</summary>
    /// <returns>Seconds from each receipt to its message, sorted.</returns>
    public async Task<IReadOnlyList<double>> Delays(CancellationToken over)
    {
        var told = new Dictionary<string, DateTimeOffset>();
        long begun = Stopwatch.GetTimestamp();
        for (int turn = 1; !over.IsCancellationRequested; turn++)
        {
            string word = Word.Of(Interlocked.Increment(ref s_words));
            var answer = await gateway.Activity($"{name}.{word}", name, "note", word);
            if (answer.IsAccepted)
            {
                told[word] = DateTimeOffset.UtcNow;
            }

            var pause = (Pace * turn) - Stopwatch.GetElapsedTime(begun);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        var stood = new Dictionary<string, DateTimeOffset>();
        await Surroundings.Until(
            async () =>
            {
                stood = (await emulator.Messages([channel], workspace)).SelectMany(message => Word.In(message.Text), (message, word) => (message, word))
                    .GroupBy(pair => pair.word).ToDictionary(copies => copies.Key, copies => copies.Min(copy => copy.message.StoredAt));
                return told.Keys.All(stood.ContainsKey);
            },
            $"all that {name} was told stands");
        return [.. told.Select(pair => Math.Max(0, (stood[pair.Key] - pair.Value).TotalSeconds)).Order()];
    }
}
