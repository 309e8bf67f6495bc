using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ThreadGrains.Grains.Secrets;

namespace ThreadGrains.Grains.Tests.Secrets;

/// <summary>Encryption keys as configuration gives them: what is wrong is said at the start, without what was read.</summary>
public class Which_keys_are_taken
{
    private static readonly string Good = Convert.ToBase64String(new byte[32]);
    private static readonly string Another = Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray());

    [Fact]
    public void None_one_and_several_are_taken_in_their_order()
    {
        Assert.Empty(Read().Keys);
        Assert.Equal("2026-11", Assert.Single(Read(("2026-11", Good)).Keys).Id);
        Assert.Equal(["b", "a"], Read(("b", Good), ("a", Another)).Keys.Select(key => key.Id));
        // Beyond nine they are still in the order of their numbers.
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"k{i}"), Read([.. Enumerable.Range(0, 12).Select(i => ($"k{i}", Convert.ToBase64String(Enumerable.Repeat((byte)i, 32).ToArray())))]).Keys.Select(key => key.Id));
    }

    [Theory]
    [InlineData("a", "CANARY!", "Keys__0__Key is not base64")]
    [InlineData("a", "CANARYCANARY", "Keys__0__Key holds 9 bytes and must hold 32")]
    [InlineData("a", "", "Keys__0__Key holds 0 bytes")]
    [InlineData("", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Keys__0__Id must be")]
    [InlineData("CANARY key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Keys__0__Id must be")]
    public void A_wrong_one_is_refused_by_its_place_and_not_shown(string id, string key, string told)
    {
        var refusal = Assert.Throws<OptionsValidationException>(() => Read((id, key)));
        Assert.Contains(told, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_of_the_same_id_and_one_key_under_two_ids_are_refused()
    {
        Assert.Contains("two keys have the id 'a'", Assert.Throws<OptionsValidationException>(() => Read(("a", Good), ("a", Another))).Message, StringComparison.Ordinal);
        Assert.Contains("the same key stands there twice", Assert.Throws<OptionsValidationException>(() => Read(("a", Good), ("b", Good))).Message, StringComparison.Ordinal);
    }

    private static SecretsOptions Read(params (string Id, string Key)[] keys)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(keys.SelectMany((key, i) => new[]
        {
            KeyValuePair.Create($"{SecretsOptions.Section}:Keys:{i}:Id", (string?)key.Id), KeyValuePair.Create($"{SecretsOptions.Section}:Keys:{i}:Key", (string?)key.Key),
        })).Build();
        using var services = new ServiceCollection().AddLogging().AddThreadGrains(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<SecretsOptions>>().Value;
    }
}
