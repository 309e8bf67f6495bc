using System.Globalization;
using System.Text;

namespace ThreadGrains.Groups;

/// <summary>Whether people see anything of a text. A field of which nothing can be seen counts as absent.</summary>
public static class VisibleText
{
    /// <summary>
    /// Whether there is nothing to see: null, empty, or only blanks, controls, format characters (such as U+200B and U+2060),
    /// variation selectors and fillers.
    /// </summary>
    public static bool IsBlank(string? text)
    {
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (!IsInvisible(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The text, or null where nothing of it can be seen.</summary>
    public static string? OrNull(string? text) => IsBlank(text) ? null : text;

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format => true,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // Unicode, Default_Ignorable_Code_Point, of the other categories; and the Braille pattern without dots.
        _ => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or 0xFFA0
            or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF),
    };
}
