using System.Globalization;

namespace ThreadGrains.CrashPoints.Running;

/// <summary>What one run came to, counted in the emulator's messages and nowhere else.</summary>
/// <param name="Case">What was played.</param>
/// <param name="Trouble">What kept the run from being what it was meant to be; null: nothing.</param>
/// <param name="Lost">Accepted, and not where they belong.</param>
/// <param name="DoubledEver">Copies beyond the first that ever stood anywhere, deleted ones too.</param>
/// <param name="DoubledLeft">Those that are still there.</param>
/// <param name="OutOfOrder">1: the thread reads in another order than that of the sequence.</param>
/// <param name="Phantom">Visible, and either never accepted or not where they belong.</param>
/// <param name="StaleCard">The announcement does not show that the issue is resolved.</param>
/// <param name="Seconds">From the first start to the judgement.</param>
internal sealed record Verdict(
    CrashCase Case, string? Trouble, int Lost, int DoubledEver, int DoubledLeft, int OutOfOrder, int Phantom, bool StaleCard, double Seconds)
{
    /// <summary>Everything stands as it was promised, and the crash did happen.</summary>
    public bool IsAsPromised =>
        Trouble is null && Lost == 0 && DoubledEver == Case.UnavoidableCopies && DoubledLeft == 0 && OutOfOrder == 0 && Phantom == 0 && !StaleCard;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Case}: lost {Lost}, doubled ever {DoubledEver} (expected {Case.UnavoidableCopies}), doubled left {DoubledLeft}, out of order {OutOfOrder}, phantom {Phantom}, card {(StaleCard ? "stale" : "right")}, {Seconds:0.0} s. {Trouble}");
}
