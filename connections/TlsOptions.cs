namespace ThreadGrains.Connections;

/// <summary>The files of TLS among silos and gateways; <c>ThreadGrains__Tls__…</c> in the environment. All three or none.</summary>
public sealed class TlsOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "ThreadGrains:Tls";

    /// <summary>This process's certificate, PEM, with the certificates between it and the authority, if there are any.</summary>
    public string? Certificate { get; set; }

    /// <summary>Its private key, PEM, not encrypted; readable by this user alone.</summary>
    public string? Key { get; set; }

    /// <summary>The authority, PEM: who has a certificate of it is one of us, and nobody else is. May hold several, during a rotation.</summary>
    public string? Authority { get; set; }
}
