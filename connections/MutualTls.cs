using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace ThreadGrains.Connections;

/// <summary>
/// TLS on the connections among silos and between gateways and silos, which are unauthenticated RPC without it. Both sides
/// show a certificate, and both demand that it was issued by the operator's own authority: names and addresses are not
/// compared, since silos find each other by address in a table, and no other authority is trusted.
/// </summary>
public sealed class MutualTls
{
    /// <summary>A peer that does not finish its handshake in time holds no connection.</summary>
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(5);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _between;
    private readonly X509Certificate2Collection _authority;

    private MutualTls(X509Certificate2 own, X509Certificate2Collection between, X509Certificate2Collection authority) =>
        (_own, _between, _authority) = (own, between, authority);

    /// <summary>Reads the files that are configured.</summary>
    /// <param name="configuration">The process's settings.</param>
    /// <returns>Null: no TLS was asked for.</returns>
    /// <exception cref="SettingRefusedException">Only some of the files are named, one cannot be read, or they do not fit together.</exception>
    public static MutualTls? Of(IConfiguration configuration)
    {
        var options = configuration.GetSection(TlsOptions.Section).Get<TlsOptions>() ?? new TlsOptions();
        var files = new (string Name, string? Path)[] { ("Certificate", options.Certificate), ("Key", options.Key), ("Authority", options.Authority) };
        if (Array.TrueForAll(files, file => string.IsNullOrEmpty(file.Path)))
        {
            return null;
        }

        if (Array.Find(files, file => string.IsNullOrEmpty(file.Path)) is { Name: { } missing })
        {
            throw new SettingRefusedException($"ThreadGrains__Tls__{missing} is not set: TLS needs certificate, key and authority.");
        }

        var authority = Read("Authority", options.Authority!, path =>
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? certificates : throw new CryptographicException("It holds no certificate.");
        });
        var own = Read("Certificate", options.Certificate!, path => X509Certificate2.CreateFromPemFile(path, options.Key));
        var between = Read("Certificate", options.Certificate!, path =>
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates;
        });
        // A key that came from PEM lives in memory only, which Windows' TLS cannot use; as PKCS#12 it can everywhere.
        var tls = new MutualTls(X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null), between, authority);
        own.Dispose();
        if (tls.Refusal(tls._own, ServerAuthentication) is { } untrusted)
        {
            throw new SettingRefusedException($"The certificate in ThreadGrains__Tls__Certificate ({options.Certificate}) would be refused by the others: {untrusted} It must be issued by the authority in ThreadGrains__Tls__Authority.");
        }

        return tls;
    }

    /// <summary>Connections that others open to us.</summary>
    public void UseAsServer(IConnectionBuilder connections) => connections.Use(next => context => Run(context, next, async (stream, deadline) =>
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(_own, _between, offline: true),
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, peer, _, _) => IsOneOfUs(peer, ClientAuthentication),
            },
            deadline)));

    /// <summary>Connections that we open to others.</summary>
    public void UseAsClient(IConnectionBuilder connections) => connections.Use(next => context => Run(context, next, async (stream, deadline) =>
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                // Not compared with anything, but a ClientHello must name something.
                TargetHost = "threadgrains",
                ClientCertificateContext = SslStreamCertificateContext.Create(_own, _between, offline: true),
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                RemoteCertificateValidationCallback = (_, peer, _, _) => IsOneOfUs(peer, ServerAuthentication),
            },
            deadline)));

    private static async Task Run(ConnectionContext context, ConnectionDelegate next, Func<SslStream, CancellationToken, Task> authenticate)
    {
        var plain = context.Transport;
        await using var stream = new SslStream(new TransportStream(plain));
        using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed))
        {
            deadline.CancelAfter(HandshakePatience);
            try
            {
                await authenticate(stream, deadline.Token);
            }
            catch (Exception refused) when (refused is AuthenticationException or IOException or OperationCanceledException)
            {
                throw new ConnectionAbortedException($"TLS with {context.RemoteEndPoint} did not come about: {refused.Message}", refused);
            }
        }

        var secure = new StreamTransport(stream);
        context.Transport = secure;
        try
        {
            await next(context);
        }
        finally
        {
            await secure.Input.CompleteAsync();
            await secure.Output.CompleteAsync();
            context.Transport = plain;
        }
    }

    private bool IsOneOfUs(X509Certificate? peer, string purpose)
    {
        if (peer is null)
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(peer.GetRawCertData());
        return Refusal(certificate, purpose) is null;
    }

    /// <returns>Why the certificate is not one of ours; null: it is.</returns>
    private string? Refusal(X509Certificate2 certificate, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.ExtraStore.AddRange(_between);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(certificate) ? null : string.Join(' ', chain.ChainStatus.Select(status => status.StatusInformation.Trim()));
    }

    private static T Read<T>(string name, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingRefusedException($"ThreadGrains__Tls__{name}: {path} cannot be used: {unreadable.Message}", unreadable);
        }
    }
}
