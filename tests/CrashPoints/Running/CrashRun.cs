using System.Diagnostics;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>Plays one case with real processes, and judges it by the emulator's messages.</summary>
internal static class CrashRun
{
    /// <summary>For each thing that is waited for: several starts on a busy machine fit in.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>
    /// How long nothing may change any more before the channel is judged. A copy that is made wrongly comes when a doubt has been
    /// looked into, and that is over once every delivery has ended; what is left are clean-ups.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private static readonly string[] Activities = ["a1", "a2", "a3"];

    public static async Task<Verdict> Of(CrashCase crash, RunningEmulator emulator)
    {
        long begun = Stopwatch.GetTimestamp();
        string folder = Directory.CreateTempSubdirectory("threadgrains-crash-").FullName;
        try
        {
            var slack = await emulator.NewWorkspace();
            await slack.BeginWith(crash.Story);
            await using var owners = await Owners.Start(crash, folder, slack);
            return await Play(crash, slack, owners) with { Seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Verdict> Play(CrashCase crash, EmulatedSlack slack, Owners owners)
    {
        using var sender = new Sender(owners, Patience);
        Verdict? seen = null;
        string? trouble = null;
        try
        {
            await Task.WhenAll(Tell(crash.Story, sender, slack), owners.OutliveTheCrash(Patience));
            long since = 0;
            await Wait.Until("everything stands as promised and stays so", Patience, async () =>
            {
                seen = Judge.Of(crash, Activities, await slack.Messages());
                if (!seen.IsAsPromised || !await sender.IsAtRest())
                {
                    since = 0;
                    return seen.DoubledEver > crash.UnavoidableCopies; // nothing can undo that
                }

                since = since == 0 ? Stopwatch.GetTimestamp() : since;
                return Stopwatch.GetElapsedTime(since) >= Quiet;
            });
        }
        catch (NotInTimeException late)
        {
            trouble = late.Message;
        }

        seen ??= Judge.Of(crash, Activities, await slack.Messages());
        trouble ??= owners.Trouble();
        return seen.IsAsPromised && trouble is null ? seen : seen with { Trouble = $"{trouble}\n{string.Join('\n', await slack.Messages())}\n{owners.Output}" };
    }

    private static async Task Tell(Story story, Sender sender, EmulatedSlack slack)
    {
        await sender.Announce();
        if (story is Story.ParentGone)
        {
            await slack.Delete(await Posted(slack, Judge.Root));
        }

        await sender.Note(Activities[0]);
        await sender.Note(Activities[1]);
        if (story is Story.ParentGone)
        {
            await sender.Note(Activities[2]);
            return;
        }

        if (story is Story.Edited)
        {
            await Posted(slack, Activities[1]);
        }

        await sender.Resolve(Activities[2]);
    }

    /// <returns>Its <c>ts</c>.</returns>
    private static async Task<string> Posted(EmulatedSlack slack, string id)
    {
        StoredMessage? found = null;
        await Wait.Until($"{id} is posted", Patience, async () =>
            (found = (await slack.Messages()).FirstOrDefault(message => message.Text.Contains(Judge.Mark(id), StringComparison.Ordinal))) is not null);
        return found!.Ts;
    }
}
