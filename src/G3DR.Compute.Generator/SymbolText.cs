using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>How symbols are named in messages: with their type, without namespaces and parameters.</summary>
internal static class SymbolText
{
    private static readonly SymbolDisplayFormat MemberFormat = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        memberOptions: SymbolDisplayMemberOptions.IncludeContainingType,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    internal static string Of(IMethodSymbol method) => method switch
    {
        { MethodKind: MethodKind.Constructor } => "new " + Of(method.ContainingType),
        { AssociatedSymbol: { } member } => member.ToDisplayString(MemberFormat),
        _ => method.ToDisplayString(MemberFormat),
    };

    internal static string Of(ISymbol member) => member.ToDisplayString(MemberFormat);

    internal static string Of(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
