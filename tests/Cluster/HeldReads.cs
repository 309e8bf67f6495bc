using System.Reflection;
using ThreadGrains.Ledger;
using ThreadState = ThreadGrains.Ledger.ThreadState;

namespace ThreadGrains.Cluster.Tests;

/// <summary>A ledger whose answers to a thread's driver can be held back, so that they are old when they arrive.</summary>
public sealed class HeldReads(LedgerUnderTest inner) : LedgerUnderTest
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _holds;

    public override ILedger Open() => ReadHolder.Around(inner.Open(), this);

    /// <summary>From now on drivers do not get what they have read of a closed thread.</summary>
    public void Hold() => _holds = true;

    /// <summary>Until such a read is held.</summary>
    public Task IsHeld => _held.Task;

    /// <summary>Gives back what is held, and holds nothing more.</summary>
    public void Release()
    {
        _holds = false;
        _release.TrySetResult();
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<ThreadWork?> Held(Task<ThreadWork?> read)
    {
        var work = await read;
        if (_holds && work is { Thread.State: ThreadState.Closed })
        {
            _held.TrySetResult();
            await _release.Task;
        }

        return work;
    }

    /// <summary>The ledger itself, but for the reads of drivers: only they ask for deliveries.</summary>
    public class ReadHolder : DispatchProxy
    {
        private ILedger _ledger = null!;
        private HeldReads _owner = null!;

        internal static ILedger Around(ILedger ledger, HeldReads owner)
        {
            var proxy = Create<ILedger, ReadHolder>();
            (((ReadHolder)(object)proxy)._ledger, ((ReadHolder)(object)proxy)._owner) = (ledger, owner);
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            object? answer = targetMethod!.Invoke(_ledger, BindingFlags.DoNotWrapExceptions, null, args, null);
            return targetMethod.Name == nameof(ILedger.ReadThread) && args is [_, int and > 0, _] ? _owner.Held((Task<ThreadWork?>)answer!) : answer;
        }
    }
}
