namespace ThreadGrains.Connections.Tests;

/// <summary>What is wrong with the files is said at start, and no key is told.</summary>
public sealed class Settings_of_TLS : IDisposable
{
    private readonly Authority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Without_any_there_is_no_TLS() => Assert.Null(MutualTls.Of(Authority.Settings(null, null, "")));

    [Fact]
    public void With_all_there_is() => Assert.NotNull(MutualTls.Of(_authority.Settings(_authority.Issue("a"))));

    [Theory]
    [InlineData("Certificate")]
    [InlineData("Key")]
    [InlineData("Authority")]
    public void One_that_is_missing_is_named(string missing)
    {
        var (certificate, key) = _authority.Issue("a");
        var settings = Authority.Settings(missing == "Certificate" ? null : certificate, missing == "Key" ? null : key, missing == "Authority" ? null : _authority.CertificateFile);
        Assert.Contains($"ThreadGrains__Tls__{missing}", Assert.Throws<SettingRefusedException>(() => MutualTls.Of(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var refused = Assert.Throws<SettingRefusedException>(() => MutualTls.Of(_authority.Settings(("/nowhere/at/all.pem", "/nowhere/at/all.key"))));
        Assert.Contains("/nowhere/at/all", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused_and_not_shown()
    {
        var (certificate, _) = _authority.Issue("a");
        var (_, key) = _authority.Issue("b");
        var refused = Assert.Throws<SettingRefusedException>(() => MutualTls.Of(_authority.Settings((certificate, key))));
        Assert.DoesNotContain(File.ReadAllText(key).Split('\n')[1], refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Something_else_than_a_certificate_is_refused()
    {
        var files = _authority.Issue("a");
        File.WriteAllText(files.Certificate, "hello");
        Assert.Throws<SettingRefusedException>(() => MutualTls.Of(_authority.Settings(files)));
    }
}
