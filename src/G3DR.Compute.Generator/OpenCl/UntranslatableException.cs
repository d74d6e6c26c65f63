using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>
/// Ends the translation of one kernel. It never leaves the generator: with a finding it becomes a diagnostic, without one the analyzer or
/// the compiler has reported the cause already.
/// </summary>
internal sealed class UntranslatableException : Exception
{
    internal UntranslatableException(Finding? finding)
        : base(finding?.Detail ?? "reported elsewhere") => Finding = finding;

    internal Finding? Finding { get; }

    /// <summary>The cause is reported by the analyzer or the compiler.</summary>
    internal static UntranslatableException Reported() => new(null);

    internal static UntranslatableException At(SyntaxNode syntax, string detail) => At(syntax.GetLocation(), detail);

    internal static UntranslatableException At(Location location, string detail) =>
        new(new Finding(Diagnostics.Untranslatable, location, detail));
}
