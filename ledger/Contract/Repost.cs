namespace ThreadGrains.Ledger;

/// <summary>
/// What takes the place of a thread whose parent is gone, where policy says so: a new thread of the same group, channel, rule
/// and open period with a root of its own and, if anything is left to tell, one recap.
/// </summary>
/// <remarks>
/// <para>
/// In the transaction that closes the old thread the ledger decides whether it applies: the thread is ours, its root has a
/// <c>ts</c>, and no thread of the group in that channel began so within 24 h. Otherwise the thread is closed and that is all.
/// </para>
/// <para>
/// It applies: the old thread is closed with <c>parent_gone</c>, what waits there is cancelled with <c>moved</c>. The recap tells
/// what was accepted for the old thread and not sent there: what waited, what dies in this very write, and what is in flight at
/// that moment and turns out not to stand there. Until that is known the recap waits (<see cref="RecapWork.Waits"/>); if nothing
/// is left it is cancelled, too, with <c>nothing_left</c>. A copy of a told delivery that is found in the old thread counts as
/// sent as long as the recap has not begun, and is not told then; later it becomes a clean-up.
/// </para>
/// <para>Root and recap tell the activity of the old root, and count among its deliveries.</para>
/// </remarks>
/// <param name="Thread">The new thread's id, UUID v7.</param>
/// <param name="Root">Its root's.</param>
/// <param name="Recap">Its recap's.</param>
public sealed record Repost(Guid Thread, Guid Root, Guid Recap)
{
    /// <summary>One repost of a group in a channel within this time; what is deleted again stays deleted.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromHours(24);
}

/// <summary>What a recap at the head of its thread tells.</summary>
/// <param name="Told">The first of them, in the order of their sequence.</param>
/// <param name="Count">How many there are in all.</param>
/// <param name="Waits">Something in the former thread is in flight, or was seen and not ended: the recap cannot be claimed yet.</param>
public sealed record RecapWork(IReadOnlyList<DeliveryRow> Told, int Count, bool Waits);
