using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator;

/// <content>Arithmetic, conversions, fields, properties and object creation.</content>
internal sealed partial class BodyScanner
{
    private bool VisitArithmetic(IOperation operation)
    {
        (IMethodSymbol? method, ITypeSymbol? dispatch, bool isChecked) = operation switch
        {
            IUnaryOperation unary => (unary.OperatorMethod, unary.ConstrainedToType, unary.IsChecked),
            IBinaryOperation binary => (binary.OperatorMethod, binary.ConstrainedToType, binary.IsChecked),
            ICompoundAssignmentOperation compound => (compound.OperatorMethod, compound.ConstrainedToType, compound.IsChecked),
            IIncrementOrDecrementOperation step => (step.OperatorMethod, step.ConstrainedToType, step.IsChecked),
            _ => (null, null, false),
        };
        if (method is null ? isChecked : IsCheckedOperator(method))
            return Refuse(operation, Diagnostics.CheckedArithmetic, $"'{Excerpt(operation)}' in a checked context");
        if (!CheckType(operation))
            return false;
        if (method is not null && operation is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr })
            return Refuse(operation, Diagnostics.UnsupportedConstruct, $"the user-defined '{Excerpt(operation)}'");
        return method is null || VisitCall(operation, method, instance: null, dispatch);
    }

    private bool VisitConversion(IConversionOperation operation)
    {
        Conversion conversion = operation.GetConversion();
        if (conversion.IsBoxing)
            return Refuse(operation, Diagnostics.Boxing, $"'{Excerpt(operation)}' to '{SymbolText.Of(operation.Type!)}'");
        bool canOverflow = operation.IsChecked && conversion.IsExplicit;
        if (operation.OperatorMethod is { } operatorMethod ? IsCheckedOperator(operatorMethod) : canOverflow)
            return Refuse(operation, Diagnostics.CheckedArithmetic, $"the conversion '{Excerpt(operation)}' in a checked context");
        if (!CheckType(operation))
            return false;
        // A span seen as read-only is the same memory.
        if (operation.Type is { } type && operation.Operand.Type is { } from && _symbols.IsSpan(type) && _symbols.IsSpan(from))
            return true;
        return operation.OperatorMethod is not { } method || VisitCall(operation, method, instance: null, operation.ConstrainedToType);
    }

    private static bool IsCheckedOperator(IMethodSymbol method) => method.Name.StartsWith("op_Checked", System.StringComparison.Ordinal);

    private bool VisitField(IFieldReferenceOperation operation)
    {
        // A constant of a number type never comes here: the compiler has put its value in its place.
        if (operation.Field is { IsStatic: true, IsConst: false } field && !_symbols.IsRuntimeType(field.ContainingType))
            return Refuse(operation, Diagnostics.StaticState, $"the static field '{SymbolText.Of(field)}'");
        return IsReported(operation.Instance) || CheckType(operation);
    }

    private bool VisitProperty(IPropertyReferenceOperation operation)
    {
        IPropertySymbol property = operation.Property;
        if (IsReported(operation.Instance))
            return true;
        if (property.IsStatic && !_symbols.IsRuntimeType(property.ContainingType) && IsStored(property))
            return Refuse(operation, Diagnostics.StaticState, $"the static property '{SymbolText.Of(property)}', which stores its value");
        (bool reads, bool writes) = UsageOf(operation);
        IMethodSymbol? getter = reads || property.RefKind != RefKind.None ? property.GetMethod : null;
        IMethodSymbol? setter = writes ? property.SetMethod : null;
        if (getter is not null && !VisitCall(operation, getter, operation.Instance, operation.ConstrainedToType))
            return false;
        if (setter is not null && !VisitCall(operation, setter, operation.Instance, operation.ConstrainedToType))
            return false;
        return CheckType(operation);
    }

    private static bool IsStored(IPropertySymbol property) => property.ContainingType.GetMembers().OfType<IFieldSymbol>()
        .Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property.OriginalDefinition)
            || SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property));

    private static (bool Reads, bool Writes) UsageOf(IPropertyReferenceOperation operation) => operation.Parent switch
    {
        ISimpleAssignmentOperation assignment when assignment.Target == operation => (false, true),
        ICompoundAssignmentOperation assignment when assignment.Target == operation => (true, true),
        IIncrementOrDecrementOperation => (true, true),
        _ => (true, false),
    };

    private bool VisitCreation(IObjectCreationOperation operation)
    {
        if (operation.Type is { IsReferenceType: true } type)
            return Refuse(operation, Diagnostics.ObjectCreation, $"an object of the class '{SymbolText.Of(type)}'");
        if (!CheckType(operation))
            return false;
        // Without a constructor of its own, a struct is cleared: there is nothing to call.
        return operation.Constructor is not { } constructor
            || (constructor.IsImplicitlyDeclared && constructor.Parameters.IsEmpty)
            || VisitCall(operation, constructor, instance: null, dispatch: null);
    }

    /// <summary>
    /// Whether the operand has a type that is refused where the operand itself stands, or where its variable is declared;
    /// to refuse what is done with it too would only repeat that.
    /// </summary>
    private bool IsReported(IOperation? operand) => operand?.Type is { } type && _types.Check(type) is not null;
}
