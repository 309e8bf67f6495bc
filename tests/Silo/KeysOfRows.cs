using CsCheck;
using ThreadGrains.Silo.GrainStorage;

namespace ThreadGrains.Silo.Tests;

/// <summary>The keys under which grain state stands: never a number, never another grain's, and never other ones than before.</summary>
public sealed class KeysOfRows
{
    private static readonly string[] Beginnings = ["", "", "", "=", "==", "+", "-"];
    private static readonly string[] Endings = ["", "", "", "+", "+x", "+0", "-", "g", "/C0", "="];

    /// <summary>Mostly of what numbers are made of, often many zeros before, now and then with something behind a plus sign.</summary>
    private static readonly Gen<string> Keys =
        from zeros in Gen.OneOf(Gen.Const(0), Gen.Int[0, 40])
        from digits in Gen.Char["0123456789abcdefABCDEF"].Array[0, 34]
        from ending in Gen.OneOf(Endings.Select(Gen.Const).ToArray())
        from mark in Gen.OneOf(Beginnings.Select(Gen.Const).ToArray())
        select $"{mark}{new string('0', zeros)}{new string(digits)}{ending}";

    [Theory]
    [InlineData("local", "local")]
    [InlineData("acme-eu", "acme-eu")]
    [InlineData("T0123456789", "T0123456789")]
    [InlineData("T0123/C0456", "T0123/C0456")]
    [InlineData("cafe", "=cafe")]
    [InlineData("0cafe", "=0cafe")]
    [InlineData("020235", "=020235")]
    [InlineData("E0123ABCDEF", "=E0123ABCDEF")]
    [InlineData("20235+x", "=20235+x")]
    [InlineData("=cafe", "==cafe")]
    [InlineData("0123456789abcdef0123456789abcdef", "=0123456789abcdef0123456789abcdef")]
    [InlineData("01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("123456789abcdef0123", "123456789abcdef0123")]
    [InlineData("+x", "+x")]
    public void A_key_never_changes_since_rows_stand_under_it(string key, string row) => Assert.Equal(row, RowKey.Of(key));

    [Fact]
    public void What_Orleans_reads_as_a_number_is_marked_and_nothing_marked_is_a_number() => Keys.Sample(
        key =>
        {
            Assert.Equal(IsNumber(key), RowKey.IsNumber(key));
            Assert.False(IsNumber(RowKey.Of(key)), key);
        },
        iter: 100_000);

    [Fact]
    public void Each_key_is_found_again_from_that_of_its_row() => Keys.Sample(key => Assert.Equal(key, RowKey.Read(RowKey.Of(key))), iter: 100_000);

    [Theory]
    [InlineData("E0123ABCDEF")]
    [InlineData("E9")]
    [InlineData("EFFFFFFFFFFFFFFF")]
    [InlineData("E0123456789ABCDEF0123456789ABCDE")]
    public void A_workspace_is_told_from_its_number(string workspace) => Assert.Equal(workspace, FormerRowKey.Of(Grain(workspace)).Workspace);

    [Theory]
    [InlineData("20235")]
    [InlineData("e")]
    [InlineData("E01+x")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public void An_organization_is_taken_for_no_workspace(string organization) => Assert.Null(FormerRowKey.Of(Grain(organization)).Workspace);

    private static bool IsNumber(string key) => Grain(key).TryGetGuidKey(out _, out _) || Grain(key).TryGetIntegerKey(out _, out _);

    private static GrainId Grain(string key) => GrainId.Create(GrainType.Create("organization"), IdSpan.Create(key));
}
