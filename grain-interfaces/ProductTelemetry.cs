using System.Diagnostics;

namespace ThreadGrains;

/// <summary>Under which name the product tells what it does: one meter and one source of spans for all its processes.</summary>
public static class ProductTelemetry
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string Name = "ThreadGrains";

    /// <summary>Every span of ours begins here; Orleans and ASP.NET Core add theirs around it.</summary>
    public static readonly ActivitySource Spans = new(Name);
}
