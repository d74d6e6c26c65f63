using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator;

/// <summary>The types of one compilation that the subset knows by name, and what belongs to the runtime.</summary>
internal sealed class KernelSymbols
{
    private const string RuntimeNamespace = "G3DR.Compute";

    private readonly INamedTypeSymbol _kernelAttribute;
    private readonly INamedTypeSymbol? _groupKernelAttribute;
    private readonly INamedTypeSymbol? _deviceFunctionAttribute;
    private readonly INamedTypeSymbol? _bitConverter;

    private KernelSymbols(Compilation compilation, INamedTypeSymbol kernelAttribute)
    {
        Compilation = compilation;
        _kernelAttribute = kernelAttribute;
        _deviceFunctionAttribute = compilation.GetTypeByMetadataName(RuntimeNamespace + ".DeviceFunctionAttribute");
        _groupKernelAttribute = compilation.GetTypeByMetadataName(RuntimeNamespace + ".GroupKernelAttribute");
        _bitConverter = compilation.GetTypeByMetadataName("System.BitConverter");
        DeviceMath = compilation.GetTypeByMetadataName(RuntimeNamespace + ".DeviceMath");
        Span = compilation.GetTypeByMetadataName("System.Span`1");
        ReadOnlySpan = compilation.GetTypeByMetadataName("System.ReadOnlySpan`1");
    }

    internal Compilation Compilation { get; }

    /// <summary>The assembly that declares the kernel attributes.</summary>
    internal IAssemblySymbol Runtime => _kernelAttribute.ContainingAssembly;

    /// <summary>Whether the runtime can take translated kernels.</summary>
    internal bool HasModules => Compilation.GetTypeByMetadataName(RuntimeNamespace + ".OpenCl.IKernelModule") is not null;

    /// <summary>The functions that every device computes alike; null where the runtime has none.</summary>
    internal INamedTypeSymbol? DeviceMath { get; }

    private INamedTypeSymbol? Span { get; }

    private INamedTypeSymbol? ReadOnlySpan { get; }

    /// <summary>The symbols of a compilation, or null where it does not reference the kernel runtime at all.</summary>
    internal static KernelSymbols? TryCreate(Compilation compilation) =>
        compilation.GetTypeByMetadataName(RuntimeNamespace + ".KernelAttribute") is { } attribute ? new KernelSymbols(compilation, attribute) : null;

    internal bool IsRuntime(IAssemblySymbol assembly) => SymbolEqualityComparer.Default.Equals(assembly, Runtime);

    internal bool IsKernel(IMethodSymbol method) => HasAttribute(method, _kernelAttribute);

    /// <summary>Whether the method is a kernel without an index, whose items work in groups.</summary>
    internal bool IsGroupKernel(IMethodSymbol method) => GroupKernelOf(method) is not null;

    /// <summary>Whether the method may run in groups: every entry point but a kernel with an index.</summary>
    internal bool HasGroups(IMethodSymbol entry) => IsGroupKernel(entry) || !IsKernel(entry);

    /// <summary>The mark of a group kernel with its sizes.</summary>
    internal AttributeData? GroupKernelOf(IMethodSymbol method) => _groupKernelAttribute is { } attribute
        ? method.GetAttributes().FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute))
        : null;

    /// <summary>Whether the method, its property or its type is marked as callable from kernels of other assemblies.</summary>
    internal bool IsDeviceFunction(IMethodSymbol method) =>
        _deviceFunctionAttribute is { } attribute
        && (HasAttribute(method, attribute)
            || (method.AssociatedSymbol is { } member && HasAttribute(member, attribute))
            || (method.ContainingType is { } type && HasAttribute(type, attribute)));

    /// <summary>
    /// Whether the type belongs to the runtime's device vocabulary; its inner namespaces (SIMD, memory, threads) are for hosts. The namespace alone is not enough: anyone could declare a type there and
    /// so escape the rules, therefore the assembly must be the one that declares the kernel attribute.
    /// </summary>
    internal bool IsRuntimeType(ITypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _kernelAttribute.ContainingAssembly)
        && type.ContainingNamespace?.ToDisplayString() == RuntimeNamespace;

    /// <summary>Whether a method without source here was checked where it was compiled.</summary>
    internal bool IsTrustedExternal(IMethodSymbol method) => IsDeviceFunction(method.OriginalDefinition);

    /// <summary>Whether the translation supplies the function itself; what it runs on the processor is no device code.</summary>
    internal bool IsMapped(IMethodSymbol method) => method.ContainingType.Name is "XMath" or "Atomic" or "Group" or "Grid" or "SharedMemory" && IsRuntimeType(method.ContainingType);

    internal bool IsIndex(ITypeSymbol type) => type.Name is "Index1D" or "Index2D" or "Index3D" && IsRuntimeType(type);

    /// <summary>The number of dimensions of a view type; 0 for other types.</summary>
    internal int ViewRank(ITypeSymbol type) => type.Name switch
    {
        "ArrayView" when IsRuntimeType(type) => 1,
        "ArrayView2D" when IsRuntimeType(type) => 2,
        "ArrayView3D" when IsRuntimeType(type) => 3,
        _ => 0,
    };

    internal bool IsSharedMemory(ITypeSymbol type) => type.Name == "SharedMemory" && IsRuntimeType(type);

    /// <summary>Whether the method shows the bits of a number as a number of another type.</summary>
    internal bool IsBitConversion(IMethodSymbol method) => SymbolEqualityComparer.Default.Equals(method.ContainingType, _bitConverter) && method.Name is
        "SingleToInt32Bits" or "Int32BitsToSingle" or "SingleToUInt32Bits" or "UInt32BitsToSingle"
        or "DoubleToInt64Bits" or "Int64BitsToDouble" or "DoubleToUInt64Bits" or "UInt64BitsToDouble";

    internal bool IsSpan(ITypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, Span)
        || SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, ReadOnlySpan);

    /// <summary>Whether the type tells where an item stands in its group, or is what the group has in common.</summary>
    internal bool IsGroupVocabulary(ITypeSymbol type) => type.Name is "Group" or "Grid" or "SharedMemory" && IsRuntimeType(type);

    /// <summary>Whether the type is one of the framework's own, whose members cannot be translated unless listed.</summary>
    internal static bool IsFrameworkType(ITypeSymbol type) => type.DeclaringSyntaxReferences.IsEmpty && IsInNamespace(type, "System");

    /// <summary>Whether the type is one of the generic math interfaces (<c>System.Numerics.INumber</c> and its family).</summary>
    internal static bool IsGenericMath(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Interface } && type.ContainingNamespace?.ToDisplayString() == "System.Numerics";

    private static bool HasAttribute(ISymbol symbol, INamedTypeSymbol attribute) =>
        symbol.GetAttributes().Any(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute));

    private static bool IsInNamespace(ITypeSymbol type, string name)
    {
        string containing = type.ContainingNamespace?.ToDisplayString() ?? string.Empty;
        return containing == name || containing.StartsWith(name + ".", System.StringComparison.Ordinal);
    }
}
