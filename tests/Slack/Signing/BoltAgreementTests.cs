using System.Text.Json;
using ThreadGrains.Slack.Signing;
using ThreadGrains.Tests.Referees;

namespace ThreadGrains.Slack.Tests.Signing;

/// <summary>The referee: the verifier of Slack's own SDK for Node (npm, @slack/bolt), unmodified.</summary>
public sealed class BoltAgreementTests
{
    [Fact]
    public async Task Slacks_own_verifier_agrees_with_ours_but_where_ours_is_stricter_as_the_table_says()
    {
        var questions = SignatureCases.All.Select(request => new
        {
            secret = SignatureCases.Secret,
            timestamps = request.Timestamps,
            signatures = request.Signatures,
            body = Convert.ToBase64String(request.Body),
            now = SignatureCases.Now,
        });
        var answers = JsonSerializer.Deserialize<bool[]>(await Referee.Judge("signatures.cjs", JsonSerializer.Serialize(questions)))!;

        // Said by the SDK, in the order of the table; on failure the names tell which ones differ.
        Assert.Equal(
            SignatureCases.All.Select(request => $"{request.Name}: {request.Bolt}"),
            SignatureCases.All.Zip(answers, (request, bolt) => $"{request.Name}: {bolt}"));

        // Never more generous than the SDK, but for bytes that it cannot hash as they came.
        var moreGenerous = SignatureCases.All.Zip(answers).Where(pair => pair.First.Ours == SignatureRefusal.None && !pair.Second).Select(pair => pair.First.Name);
        Assert.Equal(["body that is no UTF-8"], moreGenerous);
    }
}
