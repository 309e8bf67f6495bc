using System.Diagnostics.Metrics;
using System.Text.Json;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>Counts what becomes of posts. Tag values are closed sets; ids are never among them.</summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _tried;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _looked;
    private readonly Counter<long> _doubles;
    private readonly Counter<long> _cleanups;
    private readonly Counter<long> _takenOver;
    private readonly Counter<long> _late;
    private readonly Counter<long> _fenced;

    public DeliveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ProductTelemetry.Name);
        _tried = meter.CreateCounter<long>("threadgrains.posts.tried", "{post}", "Posts tried in Slack, by outcome");
        _settled = meter.CreateCounter<long>("threadgrains.posts.settled", "{post}", "Results written to the ledger, by result");
        _refused = meter.CreateCounter<long>("threadgrains.posts.refused", "{post}", "Posts that Slack refused for good, by what the refusal is about");
        _doubles = meter.CreateCounter<long>("threadgrains.doubles.repaired", "{message}", "Second copies of ours that were deleted from Slack");
        _looked = meter.CreateCounter<long>("threadgrains.doubts.looked", "{read}", "Looks for a post in doubt, by what they found");
        _cleanups = meter.CreateCounter<long>("threadgrains.cleanups", "{message}", "Messages of ours deleted, by why");
        _takenOver = meter.CreateCounter<long>("threadgrains.posts.taken_over", "{post}", "Posts of another owner that were under way when it ended, and are in doubt since");
        _late = meter.CreateCounter<long>("threadgrains.posts.late_results", "{post}", "Results that came after somebody else had taken their posts over");
        _fenced = meter.CreateCounter<long>("threadgrains.writes.fenced", "{write}", "Writes for a group that touched nothing, as another owner had taken it over");
    }

    public void Tried(PostOutcome outcome)
    {
        _tried.Add(1, new KeyValuePair<string, object?>("outcome", Word(outcome)));
        if (outcome is PostOutcome.Refused refused)
        {
            _refused.Add(1, new KeyValuePair<string, object?>("scope", Snake(refused.Scope.ToString())));
        }
    }

    public void Settled(PostResult result) => _settled.Add(1, new KeyValuePair<string, object?>("result", Word(result)));

    public void Looked(ReadEvidence evidence) => _looked.Add(1, new KeyValuePair<string, object?>("found", Word(evidence)));

    /// <summary>The deadline of another owner's post has passed without a result.</summary>
    public void TookOver() => _takenOver.Add(1);

    /// <summary>A result came when somebody else had concluded already what became of its post, or was about to.</summary>
    public void CameLate() => _late.Add(1);

    /// <summary>A write was refused: its epoch is not the group's any more.</summary>
    public void Fenced() => _fenced.Add(1);

    public void CleanedUp(string why)
    {
        _cleanups.Add(1, new KeyValuePair<string, object?>("why", why));
        if (why == "second_copy")
        {
            _doubles.Add(1);
        }
    }

    /// <summary>The name of a closed family's case, as the API writes enum values.</summary>
    public static string Word(object outcome) => Snake(outcome.GetType().Name);

    internal static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
