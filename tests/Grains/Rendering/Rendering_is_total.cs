using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using ThreadGrains.Grains.Groups;
using ThreadGrains.Grains.Rendering;
using ThreadGrains.Grains.Tests.Delivery;
using ThreadGrains.Groups;
using ThreadGrains.Ledger;
using ThreadGrains.Organizations;
using ThreadGrains.Slack.Blocks;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Rendering;

/// <summary>
/// For every input that the rules accept there is a message within Slack's limits, with nothing from outside read as markup,
/// and every cut said. <c>CsCheck_Iter</c> plays more inputs than ten thousand (<c>bench/render</c> a million).
/// </summary>
public class Rendering_is_total
{
    private static readonly long Iterations =
        long.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), CultureInfo.InvariantCulture, out long asked) ? asked : 10_000;

    private static readonly MessageRenderer Renderer = new(() => new OrganizationSettings([]));

    private static readonly PostMarker Marker = new(Given.Id(1));

    [Fact]
    public void Every_accepted_alert_becomes_an_announcement_within_Slacks_limits() =>
        Gen.Select(Strangers.Group, Strangers.Issue, Strangers.Actor, Strangers.Activity).Sample(
            (group, issue, actor, activity) =>
            {
                issue = issue with { Title = issue.Title ?? "" };
                Assert.DoesNotContain(RequestRules.Check(new Alert("a1", issue)), violation => !violation.Detail.Contains("in all", StringComparison.Ordinal));
                var work = Work(group, issue, activity);
                var root = Renderer.Root(work, Marker, false);
                Check(root.Text, root.Blocks);
                var card = Renderer.Card(work, "1700000000.000100");
                Check(card.Text, card.Blocks);
                CheckTags(issue, root.Blocks);
                CheckLink(issue, root.Blocks);
                foreach (var fullness in new[] { Fullness.Short, Fullness.Bare })
                {
                    var plain = Renderer.Root(work, Marker, false, fullness);
                    Check(plain.Text, plain.Blocks);
                }
            },
            iter: Iterations / 2);

    [Fact]
    public void Every_accepted_activity_becomes_a_reply_within_Slacks_limits() =>
        Gen.Select(Strangers.Group, Strangers.Issue, Strangers.Activity, Gen.Bool).Sample(
            (group, issue, activity, late) =>
            {
                if (RequestRules.Check(activity).Count > 0)
                {
                    return; // refused, which is an answer; that most are accepted is a test of its own
                }

                var work = Work(group, issue, activity);
                var delivery = Delivery(activity, late);
                foreach (var fullness in Enum.GetValues<Fullness>())
                {
                    var reply = Renderer.Reply(work, delivery, Marker, false, fullness);
                    Check(reply.Text, reply.Blocks);
                    if (fullness == Fullness.Whole)
                    {
                        CheckNote(activity, SlackReads.Texts(reply.Blocks));
                        CheckNote(activity, [reply.Text]);
                    }
                }
            },
            iter: Iterations);

    [Fact]
    public void Many_at_once_become_a_digest_or_recap_within_Slacks_limits() =>
        Gen.Select(Strangers.Group, Strangers.Issue, Strangers.Activity.Array[2, 6], Gen.Int[1, 9]).Sample(
            (group, issue, activities, times) =>
            {
                var rows = Enumerable.Repeat(activities.Where(activity => RequestRules.Check(activity).Count == 0).Select(activity => Delivery(activity, false)), times)
                    .SelectMany(some => some).Take(50).ToList();
                if (rows.Count < 2)
                {
                    return;
                }

                var work = Work(group, issue, activities[0]);
                var digest = Renderer.Digest(work, rows, Marker, false);
                Check(digest.Text, digest.Blocks);
                var recap = Renderer.Recap(work with { Recap = new RecapWork(rows, rows.Count + 7, Waits: false) }, Marker, false);
                Check(recap.Text, recap.Blocks);
                int told = Regex.Replace(recap.Text, "(?s)```.*?```", "").Split('\n').Count(line => line.StartsWith("• ", StringComparison.Ordinal));
                Assert.EndsWith($"… and {rows.Count + 7 - told} more, which are not shown.", recap.Text, StringComparison.Ordinal);
            },
            iter: Iterations / 10);

    [Fact]
    public void Most_of_what_is_generated_is_accepted()
    {
        int accepted = 0;
        Strangers.Activity.Sample(activity => Interlocked.Add(ref accepted, RequestRules.Check(activity).Count == 0 ? 1 : 0), iter: 1000);
        Assert.InRange(accepted, 700, 1000);
    }

    private static void Check(string text, BlockList blocks) => Assert.Null(SlackReads.Fault(text, blocks));

    private static void CheckTags(IssueFacts issue, BlockList blocks)
    {
        int visible = issue.Tags!.Count(tag => !VisibleText.IsBlank(tag.Value));
        var texts = SlackReads.Texts(blocks);
        string? tags = texts.FirstOrDefault(text => Regex.IsMatch(text, "… and [0-9,]+ more tags?, not shown$"));
        int left = tags is null ? 0 : int.Parse(Regex.Match(tags, "… and ([0-9,]+) more tags?, not shown$").Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        int most = texts.Max(text => Regex.Count(text, "`[^`]+`"));
        // A culprit stands in a code span, too.
        Assert.True(most == visible - left || (visible == 0 && most <= 1), $"{visible} tags, {most} shown, {left} said to be left out");
    }

    private static void CheckLink(IssueFacts issue, BlockList blocks)
    {
        if (issue.Url is not { Length: > 0 } url)
        {
            return;
        }

        var texts = SlackReads.Texts(blocks);
        bool linked = texts[0].Contains("<https://x.example/", StringComparison.Ordinal);
        Assert.NotEqual(linked, texts.Contains("The issue's link is too long for Slack"));
        Assert.True(linked || url.Length > 300);
        Assert.True(linked || !Regex.IsMatch(url, "^[a-z:/.0-9]{1,2000}$"));
    }

    /// <summary>The words of a note are all there, or the cut is said.</summary>
    private static void CheckNote(Activity activity, List<string> texts)
    {
        if (activity.Type != ActivityTypes.Note)
        {
            return;
        }

        using var data = JsonDocument.Parse(activity.Data!);
        string note = data.RootElement.GetProperty("text").GetString()!;
        string all = string.Concat(texts.Select(text => Words(Regex.Replace(text, "&(?:amp|lt|gt);", ""))));
        bool cut = texts[^1].Contains($"… cut here; the whole comment has {note.Length.ToString("N0", CultureInfo.InvariantCulture)} characters.", StringComparison.Ordinal) || texts[^1].EndsWith('…');
        string words = Words(WithoutFences(note));
        Assert.True(cut || all.EndsWith(words, StringComparison.Ordinal), $"«{words[..Math.Min(200, words.Length)]}» is not in «{all[..Math.Min(200, all.Length)]}»");
    }

    /// <summary>The note without the lines that open and close code blocks: those become fences of our own.</summary>
    private static string WithoutFences(string note)
    {
        var kept = new List<string>();
        string? open = null;
        foreach (string line in note.ReplaceLineEndings("\n").Split('\n'))
        {
            string marks = Regex.Match(line, "^ {0,3}(`{3,})[^`]*$").Groups[1].Value;
            bool closes = open is not null && marks.Length >= open.Length && string.IsNullOrWhiteSpace(line.Replace("`", "", StringComparison.Ordinal));
            if (open is null && marks.Length > 0)
            {
                open = marks;
            }
            else if (closes)
            {
                open = null;
            }
            else
            {
                kept.Add(line);
            }
        }

        return string.Join('\n', kept);
    }

    /// <summary>ASCII letters and digits, without those that escape something in an address.</summary>
    private static string Words(string text) =>
        string.Concat(Regex.Replace(text, "%[0-9A-F]{2}", "").Where(char.IsAsciiLetterOrDigit));

    private static ThreadWork Work(string group, IssueFacts issue, Activity activity)
    {
        var after = GroupTransition.After(GroupMemory.Unknown(Given.Id(3)) with { Issue = issue }, activity, Given.Now);
        return Given.Work with
        {
            Group = new GroupName("acme", group),
            Issue = JsonSerializer.Serialize(issue, GroupJson.Default.IssueFacts),
            State = after.ToState(),
        };
    }

    private static DeliveryRow Delivery(Activity activity, bool late) => Given.Reply with
    {
        Late = late,
        Activity = Given.Activity with
        {
            Type = activity.Type,
            Actor = JsonSerializer.Serialize(activity.Actor, GroupJson.Default.Actor),
            Data = activity.Data,
        },
    };
}
