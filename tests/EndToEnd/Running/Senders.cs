using System.Collections.Concurrent;
using System.Net;

namespace ThreadGrains.EndToEnd.Tests.Running;

/// <summary>One request for one note, and what came of it.</summary>
/// <param name="Note">The note's id.</param>
/// <param name="Try">0 for the first.</param>
/// <param name="Receipt">Null: there was no answer.</param>
/// <param name="Trouble">Why there was none.</param>
internal sealed record Attempt(string Note, int Try, Receipt? Receipt, string? Trouble)
{
    public bool IsAccepted => Receipt?.Status is HttpStatusCode.Accepted;

    /// <summary>Refused as a service does that is away for a moment: when to come back, and a document that says why.</summary>
    public bool IsCleanRefusal => Receipt is { Status: HttpStatusCode.ServiceUnavailable, RetryAfter.TotalSeconds: > 0, ContentType: "application/problem+json" };
}

/// <summary>
/// Senders that tell many groups something, through all gateways in turn. What one gateway does not accept goes to the next
/// one at once, and then again and again, with the same id, until it is accepted; every attempt is kept.
/// </summary>
internal sealed class Senders
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Deployment _product;
    private readonly Conversations _conversations;
    private readonly int _notes;
    private readonly TimeSpan _pause;
    private readonly ConcurrentQueue<Attempt> _attempts = new();
    private readonly Task _sending;
    private volatile bool _stopped;
    private int _next = -1;
    private int _accepted;

    private Senders(Deployment product, Conversations conversations, int senders, int notes, TimeSpan pause)
    {
        _product = product;
        _conversations = conversations;
        _notes = notes;
        _pause = pause;
        _sending = Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(Send)));
    }

    /// <summary>So many notes as quickly as they are accepted.</summary>
    public static Senders Of(Deployment product, Conversations conversations, int notes) => new(product, conversations, 25, notes, TimeSpan.Zero);

    /// <summary>A steady stream until <see cref="Stop"/>: about so many a second.</summary>
    public static Senders Steady(Deployment product, Conversations conversations, int perSecond = 30) =>
        new(product, conversations, 6, int.MaxValue, TimeSpan.FromSeconds(6.0 / perSecond));

    public int Accepted => Volatile.Read(ref _accepted);

    public IReadOnlyList<Attempt> Attempts => [.. _attempts];

    /// <summary>Waits until so many are accepted.</summary>
    public Task Accept(int count) => Eventually.Get(
        () => _sending.IsFaulted ? throw _sending.Exception : Task.FromResult(Accepted), accepted => accepted >= count, Patience, $"{count} are accepted",
        accepted => $"{accepted}; {string.Join('\n', Attempts.TakeLast(3))}");

    /// <summary>Waits until so many more are accepted than now.</summary>
    public Task AcceptMore(int count) => Accept(Accepted + count);

    /// <summary>Ends a steady stream; what was begun is sent until it is accepted.</summary>
    public async Task Stop()
    {
        _stopped = true;
        await _sending;
    }

    /// <summary>Waits until all are accepted.</summary>
    public Task All() => _sending;

    private async Task Send()
    {
        while (!_stopped && Interlocked.Increment(ref _next) is var number && number < _notes)
        {
            string group = _conversations.Groups[number % _conversations.Groups.Count];
            await Tell(group, $"{group}-n{number / _conversations.Groups.Count}", number);
            await Eventually.Pause(_pause);
        }
    }

    private async Task Tell(string group, string note, int turn)
    {
        var end = DateTime.UtcNow + Patience;
        for (int attempt = 0; ; attempt++)
        {
            var made = await Try(_product.Gateways[(turn + attempt) % _product.Gateways.Count], group, note, attempt);
            _attempts.Enqueue(made);
            if (made.IsAccepted)
            {
                _conversations.Oracle.Promised(group, note, made.Receipt!);
                Interlocked.Increment(ref _accepted);
                return;
            }

            Assert.True(DateTime.UtcNow < end, $"not accepted within {Patience.TotalSeconds:0} s: {made}");
            await Eventually.Pause(attempt == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(200));
        }
    }

    private static async Task<Attempt> Try(Tracker gateway, string group, string note, int attempt)
    {
        try
        {
            return new Attempt(note, attempt, await gateway.Note(group, note, Oracle.Mark(note)), null);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return new Attempt(note, attempt, null, error.Message);
        }
    }
}
