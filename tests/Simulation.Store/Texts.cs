using System.Buffers;
using System.Text;

namespace ThreadGrains.Simulation.Store;

/// <summary>Texts that no database stores hold U+0000 or an unpaired surrogate (<see cref="Ledger.ILedger"/>, "Texts").</summary>
internal static class Texts
{
    public static bool IsStorable(string? text)
    {
        var rest = text.AsSpan();
        if (!rest.Contains('\0') && !rest.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return true;
        }

        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out int length) != OperationStatus.Done || rune.Value == 0)
            {
                return false;
            }

            rest = rest[length..];
        }

        return true;
    }

    /// <summary>A reason, with U+FFFD for what cannot be stored: no result is lost for a character.</summary>
    public static string Storable(string reason)
    {
        if (IsStorable(reason))
        {
            return reason;
        }

        var storable = new StringBuilder(reason.Length);
        foreach (var rune in reason.EnumerateRunes())
        {
            storable.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        }

        return storable.ToString();
    }

    /// <exception cref="ArgumentException">Such a text in a place where only a bug can have put it.</exception>
    public static void MustBeStorable(string text)
    {
        if (!IsStorable(text))
        {
            throw new ArgumentException("The ledger refuses a text with U+0000 or an unpaired surrogate.", nameof(text));
        }
    }
}
