using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>One construct outside the subset, before it is known which kernel reaches it.</summary>
internal sealed class Finding
{
    internal Finding(DiagnosticDescriptor descriptor, Location location, string detail)
    {
        Descriptor = descriptor;
        Location = location;
        Detail = detail;
    }

    internal DiagnosticDescriptor Descriptor { get; }

    internal Location Location { get; }

    /// <summary>The offending construct, argument {1} of the message.</summary>
    internal string Detail { get; }

    /// <summary>The diagnostic as the user sees it.</summary>
    /// <param name="subject">The method at fault and the kernel that reaches it, argument {0} of the message.</param>
    internal Diagnostic ToDiagnostic(string subject) => Diagnostic.Create(Descriptor, Location, subject, Detail);
}
