namespace ThreadGrains.Connections;

/// <summary>TLS cannot be had with these settings. The message says what is wrong and how to mend it, and holds no secret.</summary>
/// <param name="message">For the operator.</param>
/// <param name="inner">What was beneath.</param>
public sealed class TlsRefusedException(string message, Exception? inner = null) : Exception(message, inner);
