using ThreadGrains.Grains.Delivery;
using ThreadGrains.Ledger;

namespace ThreadGrains.Grains.Tests.Delivery;

/// <summary>Rows with sensible contents, of which a test changes what it is about.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static readonly DeliveryRules Rules = new(new DeliveryOptions(), UnreadablePolicy.Hold, TimeSpan.FromDays(7));

    public static ThreadRow Thread { get; } = new(
        Id(1), Id(2), "T1", "C1", "", "", "1700000000.000100", ThreadState.Open, null, 1, "1700000000.000100", Adopted: false,
        LookedUp: true, null, 0, 0, null, null, EditsOff: false, null, null, 1, 1, 0, 0);

    public static ActivityRow Activity { get; } = new(2, "activity", "a1", "resolved", """{"type":"user","name":"Ada"}""", null, 1, Now, null);

    public static DeliveryRow Reply { get; } = new(Id(10), 2, DeliveryKind.Reply, DeliveryState.Pending, null, Now, 0, Late: false, Doubted: false, null, Activity);

    public static DeliveryRow Root { get; } = Reply with { Id = Id(11), Position = 1, Kind = DeliveryKind.Root, Activity = Activity with { Kind = "alert", Type = "alert" } };

    public static PostRow Post { get; } = new(
        Id(20), Id(1), PostKind.Reply, PostState.Sending, 1, Now.AddSeconds(-1), Now.AddSeconds(9), null, null, KnownEnd: false, null, 0,
        null, null, null, [Id(10)]);

    public static PostRow Doubtful { get; } = Post with { State = PostState.InDoubt, KnownEnd = true, ReadAt = Now, DoubtSince = Now.AddSeconds(-5) };

    public static ThreadWork Work { get; } = new(
        Now, new GroupName("acme", "billing-42"), "silo", 1, new GroupState("unresolved", null, "{}"), """{"title":"Boom"}""", Thread, null, [], [], 0,
        [], [], null, Id(19));

    public static ThreadWork With(params DeliveryRow[] pending) => Work with { Pending = pending, PendingCount = pending.Length };

    public static Guid Id(int n) => new($"00000000-0000-7000-8000-{n:d12}");
}
