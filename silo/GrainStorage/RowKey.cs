namespace ThreadGrains.Silo.GrainStorage;

/// <summary>
/// The key under which a grain's state stands in the database. Orleans' provider reads a key of hexadecimal digits as a number,
/// so that <c>cafe</c> and <c>0cafe</c> would share a row. Such a key gets a mark in front, which no number has; every other
/// key stands as it is. The mapping is stored data: it must never change.
/// </summary>
internal static class RowKey
{
    private const char Mark = '=';

    /// <summary>How many digits a 64-bit number has, and a GUID.</summary>
    private const int NumberDigits = 16, GuidDigits = 32;

    /// <summary>The key of the row. Different keys of grains have different ones, and none is read as a number.</summary>
    public static string Of(string key) => key.StartsWith(Mark) || IsNumber(key) ? Mark + key : key;

    /// <summary>The grain's id with the key of its row.</summary>
    public static GrainId Of(GrainId grain) => GrainId.Create(grain.Type, IdSpan.Create(Of(grain.Key.ToString()!)));

    /// <summary>The grain's key, of the key of its row.</summary>
    public static string Read(string rowKey) => rowKey.StartsWith(Mark) ? rowKey[1..] : rowKey;

    /// <summary>
    /// Whether the provider would read a key as a 64-bit number or a GUID: hexadecimal digits in either case, with any number of
    /// leading zeros, up to the end or up to a plus sign, behind which anything may follow.
    /// </summary>
    public static bool IsNumber(string key)
    {
        var digits = key.AsSpan();
        if (digits.IndexOf('+') is >= 0 and int plus)
        {
            digits = digits[..plus];
        }

        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return digits.Length is > 0 and <= NumberDigits or GuidDigits || (digits.Length > 0 && digits.TrimStart('0').Length <= NumberDigits);
    }
}
