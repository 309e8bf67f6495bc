using System.Buffers.Text;
using Microsoft.Extensions.Options;

namespace ThreadGrains.Grains.Secrets;

/// <summary>The keys that secrets at rest are encrypted with.</summary>
public sealed class SecretsOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Secrets";

    /// <summary>The first one encrypts, all of them decrypt. Default none: then nothing secret can be kept.</summary>
    public IList<SecretKeyOptions> Keys { get; } = [];
}

/// <summary>One key.</summary>
public sealed class SecretKeyOptions
{
    /// <summary>How what it encrypted names it: 1 to 64 characters of A-Z a-z 0-9 . _ and the hyphen. Not a secret.</summary>
    public string Id { get; set; } = "";

    /// <summary>Base64 of 32 random bytes. A secret.</summary>
    public string Key { get; set; } = "";
}

/// <summary>Says which key is wrong and how, and never what it reads.</summary>
internal sealed class SecretsOptionsValidator : IValidateOptions<SecretsOptions>
{
    private const int MaxIdLength = 64;

    public ValidateOptionsResult Validate(string? name, SecretsOptions options)
    {
        var faults = options.Keys.Index().SelectMany(key => Faults(key.Index, key.Item)).ToList();
        if (options.Keys.GroupBy(key => key.Id, StringComparer.Ordinal).FirstOrDefault(same => same.Key.Length > 0 && same.Count() > 1) is { Key: var twice })
        {
            faults.Add($"ThreadGrains__Secrets__Keys: two keys have the id '{(IsId(twice) ? twice : "…")}'; what a key encrypted names it by its id, so give each its own.");
        }

        if (faults.Count == 0 && options.Keys.Select(key => key.Key).Distinct(StringComparer.Ordinal).Count() < options.Keys.Count)
        {
            faults.Add("ThreadGrains__Secrets__Keys: the same key stands there twice, under two ids; a rotation between them would change nothing. Take one away.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(int number, SecretKeyOptions key)
    {
        if (!IsId(key.Id))
        {
            yield return $"ThreadGrains__Secrets__Keys__{number}__Id must be 1 to {MaxIdLength} characters of A-Z a-z 0-9 . _ and the hyphen, such as 2026-11.";
        }

        if (!Base64.IsValid(key.Key, out int length))
        {
            yield return $"ThreadGrains__Secrets__Keys__{number}__Key is not base64; make one with: openssl rand -base64 {TokenCipher.KeyBytes}.";
        }
        else if (length != TokenCipher.KeyBytes)
        {
            yield return $"ThreadGrains__Secrets__Keys__{number}__Key holds {length} bytes and must hold {TokenCipher.KeyBytes}; make one with: openssl rand -base64 {TokenCipher.KeyBytes}.";
        }
    }

    private static bool IsId(string id) => id.Length is >= 1 and <= MaxIdLength && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
