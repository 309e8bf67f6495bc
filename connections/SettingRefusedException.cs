namespace ThreadGrains.Connections;

/// <summary>A setting cannot be used. The message says what is wrong and how to mend it, and holds no secret.</summary>
/// <param name="message">For the operator.</param>
/// <param name="inner">What was beneath.</param>
public sealed class SettingRefusedException(string message, Exception? inner = null) : Exception(message, inner);
