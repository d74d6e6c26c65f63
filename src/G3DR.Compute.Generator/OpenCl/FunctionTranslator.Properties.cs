using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Properties and indexers with code of their own.</content>
internal sealed partial class FunctionTranslator
{
    private Value Property(IPropertyReferenceOperation operation)
    {
        IPropertySymbol property = operation.Property;
        if (operation.Instance is { } instance)
        {
            ITypeSymbol owner = TypeOf(instance);
            if (!property.IsIndexer && (_shared.Symbols.ViewRank(owner) > 0 || _shared.Symbols.IsSpan(owner)))
                return ViewProperty(operation, instance);
            if (_shared.Symbols.IsIndex(owner) && !AutoProperties.IsStored(property) && property.Name == "Size")
                return IndexSize(instance, owner);
            if (_shared.Symbols.ViewRank(owner) > 0 || _shared.Symbols.IsSpan(owner) || _shared.Symbols.IsIndex(owner) || AutoProperties.IsStored(property))
                return Read(operation);
        }
        else if (GroupProperty(property) is { } builtIn)
        {
            return builtIn;
        }
        else if (operation.ConstrainedToType is { } dispatch && KernelSymbols.IsGenericMath(property.ContainingType) && SubsetTypes.IsScalar(Apply(dispatch)))
        {
            ITypeSymbol type = Apply(dispatch);
            return GenericMath.ConstantOf(property.Name, type.SpecialType) is { } constant ? Constant(constant, type) : throw Refuse(operation);
        }

        if (property.GetMethod is not { } getter)
            throw Refuse(operation);
        return CallMethod(operation, getter, operation.ConstrainedToType, operation.Instance, Arguments(operation.Arguments));
    }

    /// <summary>The property that an assignment calls the setter of; null where it stores directly.</summary>
    private IPropertyReferenceOperation? SetterOf(IOperation target) =>
        target is IPropertyReferenceOperation { Property: { RefKind: RefKind.None } property } reference
        && !(reference.Instance is { } instance && (AutoProperties.IsStored(property) || _shared.Symbols.ViewRank(TypeOf(instance)) > 0))
            ? reference
            : null;

    private Value AssignProperty(IPropertyReferenceOperation target, ISimpleAssignmentOperation operation, bool isStatement)
    {
        Value assigned = default;
        var value = new Operand([PartOf(operation.Value, isRepeated: !isStatement)], v => assigned = v[0]);
        CallSetter(target, target.Instance, [.. Arguments(target.Arguments), new(target.Arguments.Length, value)]);
        return assigned;
    }

    private void CallSetter(IPropertyReferenceOperation target, IOperation? instance, IReadOnlyList<Argument> arguments)
    {
        if (target.Property.SetMethod is not { } setter)
            throw Refuse(target);
        Value call = CallMethod(target, setter, target.ConstrainedToType, instance, arguments);
        _code.Expression(call.Text);
    }

    private Value UpdateProperty(IPropertyReferenceOperation target, IOperation operation, bool isStatement, bool isPostfix, Func<Value, Value> compute)
    {
        // The instance is called twice: it has to be a variable, which takes nothing to find.
        if (target.Property.GetMethod is not { } getter || (target.Instance is { } instance && PlaceOf(instance)?.Parts.Count is not 0))
            throw Refuse(operation, "which changes a property of an element; copy the element to a local first");
        Value[] indices = Evaluate([.. target.Arguments.Select(a => OperandOf(a.Value))]);
        for (int i = 0; i < indices.Length; i++)
            indices[i] = KeepUnlessStable(indices[i], TypeOf(target.Arguments[i].Value));
        Argument[] places = [.. target.Arguments.Select((a, i) => new Argument(a.Parameter!.Ordinal, Operand.Ready(indices[i])))];
        Value old = Keep(CallMethod(target, getter, target.ConstrainedToType, target.Instance, places), Variable(TypeOf(target)));
        Value result = compute(old);
        if (!isStatement)
            result = Keep(result, Variable(TypeOf(target)));
        CallSetter(target, target.Instance, [.. places, new(places.Length, Operand.Ready(result))]);
        return isPostfix ? old : result;
    }
}
