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
        return !_symbols.IsLocalAllocation(target) || VisitLocalAllocation(operation);
    }

    private bool VisitLocalAllocation(IInvocationOperation operation)
    {
        if (!operation.Arguments.All(a => IsConstant(a.Value)))
            return Refuse(operation, Diagnostics.LocalLength, $"'{Excerpt(operation)}', whose length is not constant");
        return !IsInLoop(operation) || Refuse(operation, Diagnostics.LocalInLoop, $"'{Excerpt(operation)}'");
    }

    private static bool IsConstant(IOperation value) => value.ConstantValue.HasValue || value switch
    {
        IConversionOperation conversion => IsConstant(conversion.Operand),
        IObjectCreationOperation creation => creation.Arguments.All(a => IsConstant(a.Value)),
        _ => false,
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
        // A view's span is host memory; only local and shared arrays may be seen as spans.
        bool hostMemory = _symbols.IsSpan(target.ReturnType) && !_symbols.IsLocalAllocation(target);
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
