using ThreadGrains.Ledger;

namespace ThreadGrains.Bench;

/// <summary>A group of one thread, with the turns that announce it and that take one activity.</summary>
internal sealed class BenchGroup(int number)
{
    private readonly Guid _id = Guid.CreateVersion7();
    private readonly Guid _thread = Guid.CreateVersion7();
    private long _next = 1;

    /// <summary>Its row.</summary>
    public Guid Id => _id;

    /// <summary>Its thread.</summary>
    public Guid Thread => _thread;

    public Turn Announce() => Turn("alert", DeliveryKind.Root, new Fence(_id, 0, "bench", true),
        [new NewThread(_thread, "T0000001", $"C{number:0000000}", "", "", null, 1)]);

    public Turn Accept() => Turn("activity", DeliveryKind.Reply, new Fence(_id, 1, "bench", false), []);

    private Turn Turn(string kind, DeliveryKind delivery, Fence fence, NewThread[] threads)
    {
        long sequence = _next++;
        string id = $"bench-{number}-{sequence}";
        return new Turn(
            fence, new GroupName("bench", $"group-{number}"), fence.TakeOver, number % 1024, sequence,
            new GroupState("unresolved", null, """{"by":"user:U0000001"}"""), fence.TakeOver ? """{"title":"It broke","level":"error"}""" : null,
            [new TurnKey(kind, id, new byte[32], $$"""{"id":"{{id}}","outcome":"accepted","sequence":{{sequence}},"threads":1}""", DateTimeOffset.UtcNow.AddDays(7))],
            [new ActivityRow(sequence, kind, id, kind == "alert" ? "alert" : "note",
                """{"type":"user","id":"u1","name":"Ada Lovelace"}""", """{"text":"Looks like the connection pool is exhausted again."}""",
                1, default, null)],
            threads, [new NewDelivery(Guid.CreateVersion7(), _thread, sequence, delivery)], []);
    }
}
