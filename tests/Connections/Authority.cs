using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace ThreadGrains.Connections.Tests;

/// <summary>An operator's own authority, with the files that it hands out.</summary>
public sealed class Authority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("threadgrains-tls-").FullName;
    private readonly X509Certificate2 _certificate;

    public Authority(string name = "ThreadGrains test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(Now.AddDays(-10), Now.AddDays(10));
        File.WriteAllText(CertificateFile, _certificate.ExportCertificatePem());
    }

    public string CertificateFile => Path.Combine(_folder, "authority.pem");

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Files of one process.</summary>
    public (string Certificate, string Key) Issue(string name, int validDays = 5, params string[] purposes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var uses = new OidCollection();
        foreach (string purpose in purposes.Length > 0 ? purposes : ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
        {
            uses.Add(new Oid(purpose));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, true));
        byte[] serial = new byte[8];
        RandomNumberGenerator.Fill(serial);
        using var certificate = request.Create(_certificate, Now.AddDays(-9), Now.AddDays(validDays), serial);
        (string Certificate, string Key) files = (Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(files.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(files.Key, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <summary>The settings of a process with such files.</summary>
    public IConfiguration Settings((string Certificate, string Key) files, string? authority = null) => Settings(files.Certificate, files.Key, authority ?? CertificateFile);

    public static IConfiguration Settings(string? certificate, string? key, string? authority) => new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["ThreadGrains:Tls:Certificate"] = certificate,
        ["ThreadGrains:Tls:Key"] = key,
        ["ThreadGrains:Tls:Authority"] = authority,
    }).Build();

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
