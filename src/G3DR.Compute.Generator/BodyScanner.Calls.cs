using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator;

/// <content>Which methods may be called, and which of them have to be followed.</content>
internal sealed partial class BodyScanner
{
    private bool VisitInvocation(IInvocationOperation operation)
    {
        IMethodSymbol target = operation.TargetMethod;
        if (IsReported(operation.Instance))
            return true;
        if (!VisitCall(operation, target, operation.Instance, operation.ConstrainedToType))
            return false;
        return !_symbols.IsSharedMemory(target.ContainingType) || VisitSharedAllocation(operation);
    }

    /// <summary>Memory of the group is laid out once for the whole kernel. A kernel without groups is refused for that, in <see cref="VisitRuntimeCall"/>.</summary>
    private bool VisitSharedAllocation(IInvocationOperation operation)
    {
        if (_symbols.IsKernel(_method) && !_symbols.IsGroupKernel(_method))
            return true;
        if (!operation.Arguments.All(a => a.Value.ConstantValue.HasValue))
            return Refuse(operation, Diagnostics.LocalLength, $"'{Excerpt(operation)}', whose length is not constant");
        return (_symbols.IsGroupKernel(_method) && IsTopLevelLocal(operation))
            || Refuse(operation, Diagnostics.SharedMemoryPlace, $"'{Excerpt(operation)}' elsewhere");
    }

    /// <summary>Whether the expression is the whole initial value of a local of the method's outermost block.</summary>
    private static bool IsTopLevelLocal(IOperation operation) =>
        operation.Parent is IVariableInitializerOperation
        {
            Parent: IVariableDeclaratorOperation
            {
                Parent: IVariableDeclarationOperation { Parent: IVariableDeclarationGroupOperation { Parent: IBlockOperation { Parent: IMethodBodyOperation } } }
            }
        };

    /// <summary>Checks a call of a method, operator, accessor or constructor; returns whether its operands are to be looked at.</summary>
    private bool VisitCall(IOperation operation, IMethodSymbol target, IOperation? instance, ITypeSymbol? dispatch)
    {
        if (_symbols.IsRuntimeType(target.ContainingType))
            return VisitRuntimeCall(operation, target);
        if (target.TypeArguments.Concat(target.ContainingType.TypeArguments).Select(_types.Check).FirstOrDefault(p => p is not null) is { } argument)
            return Refuse(operation, argument.Descriptor, argument.Detail + " as a type argument");
        if (target.IsStatic && dispatch is not null)
            return VisitStaticDispatch(operation, target, dispatch);
        if (instance?.Type is { TypeKind: TypeKind.TypeParameter })
            return Refuse(operation, Diagnostics.VirtualCall, $"'{SymbolText.Of(target)}'");
        if (_symbols.IsBitConversion(target))
            return true;
        if (_symbols.IsSpan(target.ContainingType) && target.AssociatedSymbol is IPropertySymbol { Name: "Length" or "this[]" })
            return true;
        if (MethodBodies.HasSource(target))
        {
            _calls.Add(new CallSite(target, dispatchType: null, LocationOf(operation.Syntax)));
            return true;
        }

        return _symbols.IsTrustedExternal(target)
            ? CheckExternalSignature(operation, target)
            : RefuseExternalCall(operation, target);
    }

    /// <summary>
    /// A static abstract member of a type parameter. The generic math of the framework maps to operators and built-in functions;
    /// any other interface is followed to the types that implement it.
    /// </summary>
    private bool VisitStaticDispatch(IOperation operation, IMethodSymbol target, ITypeSymbol dispatch)
    {
        if (KernelSymbols.IsGenericMath(target.ContainingType))
            return CheckExternalSignature(operation, target);
        if (KernelSymbols.IsFrameworkType(target.ContainingType))
            return RefuseExternalCall(operation, target);
        _calls.Add(new CallSite(target, dispatch, LocationOf(operation.Syntax)));
        return true;
    }

    /// <summary>The runtime's own types are the device's vocabulary, except for members that only a host can have.</summary>
    private bool VisitRuntimeCall(IOperation operation, IMethodSymbol target)
    {
        bool hostOnly = target.ContainingType is not ({ TypeKind: TypeKind.Struct } or { IsStatic: true } or { TypeKind: TypeKind.Interface });
        // A view's span is host memory; only local arrays may be seen as spans.
        bool hostMemory = _symbols.IsSpan(target.ReturnType);
        if (_symbols.IsGroupVocabulary(target.ContainingType))
            _groupUses.Add(new Finding(Diagnostics.GroupInIndexKernel, LocationOf(operation.Syntax), $"'{SymbolText.Of(target)}'"));
        if (_types.Check(target.ReturnType) is { } problem)
            return Refuse(operation, problem.Descriptor, problem.Detail);
        return hostOnly || hostMemory
            ? Refuse(operation, Diagnostics.CallOutsideSubset, SymbolText.Of(target))
            : CheckExternalSignature(operation, target);
    }

    private bool CheckExternalSignature(IOperation operation, IMethodSymbol target)
    {
        bool fits = target.Parameters.Select(p => p.Type).Append(target.ReturnType).All(t => _types.Check(t) is null);
        return fits || Refuse(operation, Diagnostics.CallOutsideSubset, SymbolText.Of(target));
    }

    private bool RefuseExternalCall(IOperation operation, IMethodSymbol target)
    {
        INamedTypeSymbol owner = target.ContainingType;
        string name = SymbolText.Of(target);
        if (owner.SpecialType == SpecialType.System_String || target.ReturnType.SpecialType == SpecialType.System_String)
            return Refuse(operation, Diagnostics.Text, $"'{name}'");
        bool isSystem = owner.ContainingNamespace?.ToDisplayString() == "System";
        if (target.IsStatic && ((isSystem && owner.Name is "Math" or "MathF") || SubsetTypes.IsScalar(owner)))
            return Refuse(operation, Diagnostics.UseXMath, name);
        if (owner.ContainingNamespace?.ToDisplayString() == "System.Linq")
            return Refuse(operation, Diagnostics.Enumeration, $"the LINQ method '{name}'");
        return Refuse(operation, Diagnostics.CallOutsideSubset, name);
    }
}
