using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Secrets;
using ThreadGrains.Slack.WebApi;

namespace ThreadGrains.Grains.Tests.Secrets;

/// <summary>What a sealed token opens with, and what it does not.</summary>
public class Sealing_tokens
{
    private const string Token = "xoxb-1-2-CANARY";

    private static readonly TokenPlace Place = new("T0ONE", "acme");
    private static readonly SecretKeyOptions Old = Key("old");
    private static readonly SecretKeyOptions New = Key("new");

    [Fact]
    public void A_token_comes_back_and_is_nowhere_in_what_is_kept()
    {
        var closed = Cipher(Old).Seal(Place, Token);
        Assert.Equal(new OpenedToken.Readable(new SlackToken(Token)), Cipher(Old).Open(Place, closed));
        string kept = JsonSerializer.Serialize(closed);
        Assert.DoesNotContain("CANARY", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Token))[..12], kept, StringComparison.Ordinal);
        Assert.Equal("old", closed.Key);
    }

    [Fact]
    public void The_same_token_never_looks_the_same()
    {
        var cipher = Cipher(Old);
        var many = Enumerable.Range(0, 1000).Select(_ => cipher.Seal(Place, Token)).ToList();
        Assert.Equal(1000, many.Select(closed => Convert.ToHexString(closed.Nonce)).Distinct().Count());
        Assert.Equal(1000, many.Select(closed => Convert.ToHexString(closed.Ciphertext)).Distinct().Count());
    }

    [Theory]
    [InlineData("T0TWO", "acme")]
    [InlineData("T0ONE", "other")]
    public void A_row_that_was_copied_to_another_workspace_or_organization_does_not_open(string workspace, string organization) =>
        Assert.IsType<OpenedToken.Damaged>(Cipher(Old).Open(new TokenPlace(workspace, organization), Cipher(Old).Seal(Place, Token)));

    [Fact]
    public void Not_one_bit_of_it_can_be_changed()
    {
        var closed = Cipher(Old).Seal(Place, Token);
        foreach (var part in new[] { closed.Nonce, closed.Ciphertext, closed.Tag })
        {
            for (int bit = 0; bit < part.Length * 8; bit++)
            {
                part[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.IsType<OpenedToken.Damaged>(Cipher(Old).Open(Place, closed));
                part[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.IsType<OpenedToken.Readable>(Cipher(Old).Open(Place, closed));
        Assert.IsType<OpenedToken.Damaged>(Cipher(Old).Open(Place, closed with { Tag = closed.Tag[..12] }));
        Assert.IsType<OpenedToken.Damaged>(Cipher(Old).Open(Place, closed with { Nonce = [] }));
    }

    [Fact]
    public void A_missing_key_and_another_key_of_the_same_id_are_told_apart()
    {
        var closed = Cipher(Old).Seal(Place, Token);
        Assert.IsType<OpenedToken.KeyMissing>(Cipher(New).Open(Place, closed));
        Assert.IsType<OpenedToken.KeyMissing>(Cipher().Open(Place, closed));
        Assert.IsType<OpenedToken.Damaged>(Cipher(Key("old")).Open(Place, closed));
    }

    [Fact]
    public void The_first_key_encrypts_and_all_of_them_decrypt()
    {
        var closed = Cipher(Old).Seal(Place, Token);
        var both = Cipher(New, Old);
        Assert.IsType<OpenedToken.Readable>(both.Open(Place, closed));
        var anew = both.Reseal(Place, closed)!;
        Assert.Equal("new", anew.Key);
        Assert.Equal(new OpenedToken.Readable(new SlackToken(Token)), Cipher(New).Open(Place, anew));
        Assert.Null(Cipher(New).Reseal(Place, closed));
        Assert.Null(both.Reseal(Place with { Workspace = "T0TWO" }, closed));
    }

    [Fact]
    public void Without_a_key_nothing_is_sealed()
    {
        Assert.Null(Cipher().CurrentKey);
        Assert.Throws<InvalidOperationException>(() => Cipher().Seal(Place, Token));
    }

    private static SecretKeyOptions Key(string id) => new() { Id = id, Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(TokenCipher.KeyBytes)) };

    private static TokenCipher Cipher(params SecretKeyOptions[] keys)
    {
        var options = new SecretsOptions();
        foreach (var key in keys)
        {
            options.Keys.Add(key);
        }

        return new TokenCipher(Options.Create(options));
    }
}
