using System.Diagnostics.Metrics;
using ThreadGrains.Ledger;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Delivery;

/// <summary>Counts what becomes of posts. Tag values are closed sets; ids are never among them.</summary>
internal sealed class DeliveryMetrics
{
    /// <summary>The product's one meter.</summary>
    public const string MeterName = "ThreadGrains";

    private readonly Counter<long> _tried;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _looked;
    private readonly Counter<long> _cleanups;

    public DeliveryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _tried = meter.CreateCounter<long>("threadgrains.posts.tried", "{post}", "Posts tried in Slack, by outcome");
        _settled = meter.CreateCounter<long>("threadgrains.posts.settled", "{post}", "Results written to the ledger, by result");
        _looked = meter.CreateCounter<long>("threadgrains.doubts.looked", "{read}", "Looks for a post in doubt, by what they found");
        _cleanups = meter.CreateCounter<long>("threadgrains.cleanups", "{message}", "Messages of ours deleted, by why");
    }

    public void Tried(PostOutcome outcome) => _tried.Add(1, new KeyValuePair<string, object?>("outcome", outcome.GetType().Name));

    public void Settled(PostResult result) => _settled.Add(1, new KeyValuePair<string, object?>("result", result.GetType().Name));

    public void Looked(ReadEvidence evidence) => _looked.Add(1, new KeyValuePair<string, object?>("found", evidence.GetType().Name));

    public void CleanedUp(string why) => _cleanups.Add(1, new KeyValuePair<string, object?>("why", why));
}
