using System.Diagnostics;
using System.Reflection;
using ThreadGrains.Ledger;
using ThreadGrains.Ledger.Sql;

namespace ThreadGrains.CrashPoints;

/// <summary>The product's ledger, each of its calls by way of the kill switch. Lost commits are the writer's own planted faults.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1852:Seal internal types", Justification = "A dispatch proxy is derived from at run time.")]
internal class SwitchedLedger : DispatchProxy
{
    private static readonly MethodInfo Held = typeof(SwitchedLedger).GetMethod(nameof(DieAfter), BindingFlags.NonPublic | BindingFlags.Static)!;
    private static readonly MethodInfo Told = typeof(SwitchedLedger).GetMethod(nameof(CheckUnknown), BindingFlags.NonPublic | BindingFlags.Instance)!;

    private SqlLedger _ledger = null!;
    private KillSwitch _killSwitch = null!;

    public static ILedger Around(ILedger ledger, KillSwitch killSwitch)
    {
        var switched = Create<ILedger, SwitchedLedger>();
        (((SwitchedLedger)switched)._ledger, ((SwitchedLedger)switched)._killSwitch) = ((SqlLedger)ledger, killSwitch);
        return switched;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        switch (method.ReturnType.IsGenericType ? _killSwitch.Meets(method.Name) : null)
        {
            case null:
                return Call();
            case Fate.Before:
                KillSwitch.Die();
                return null;
            case Fate.After:
                return Typed(Held).Invoke(null, [Call()]);
            case Fate.Lost:
                Plant(CommitFault.LoseCommit);
                return Typed(Told).Invoke(this, [Call()]);
            case Fate.Unanswered:
                Plant(CommitFault.LoseAnswer);
                return Typed(Told).Invoke(this, [Call()]);
            default:
                throw new UnreachableException("A ledger's call has no half.");
        }

        object? Call() => method.Invoke(_ledger, BindingFlags.DoNotWrapExceptions, null, args, null);

        MethodInfo Typed(MethodInfo open) => open.MakeGenericMethod(method.ReturnType.GenericTypeArguments);
    }

    /// <summary>
    /// From now on until the call has its outcome: the writer asks once a batch, and nobody knows which batch the call will be in.
    /// What else is committed in these moments meets the same fault, which is as good a fault as any.
    /// </summary>
    private void Plant(CommitFault fault) => _ledger.Faults = () => fault;

    private static async Task<T> DieAfter<T>(Task<T> call)
    {
        await call.ConfigureAwait(false);
        KillSwitch.Die();
        return default;
    }

    /// <summary>A call that was refused before its commit never met the fault.</summary>
    private async Task<T> CheckUnknown<T>(Task<T> call)
    {
        var outcome = await call;
        _ledger.Faults = null;
        if (outcome?.ToString()?.Contains("Unknown", StringComparison.Ordinal) != true)
        {
            _killSwitch.Missed();
        }

        return outcome;
    }
}
