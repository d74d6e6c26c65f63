using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Assignments of all kinds. As statements they become one line; within expressions they are done before, and the value is kept.</content>
internal sealed partial class FunctionTranslator
{
    private Value Assign(ISimpleAssignmentOperation operation, bool isStatement)
    {
        if (operation.Target is IDiscardOperation)
        {
            Value ignored = Translate(operation.Value);
            if (ignored.HasEffect && isStatement)
                _code.Expression(ignored.Text);
            return ignored;
        }

        if (SetterOf(operation.Target) is { } property)
            return AssignProperty(property, operation, isStatement);
        Place place = PlaceOf(operation.Target) ?? throw Refuse(operation.Target);
        CheckViewSpace(operation);
        Value[] parts = Sequence([.. place.Parts, PartOf(operation.Value)]);
        Value value = parts[parts.Length - 1];
        if (!isStatement)
            value = KeepUnlessStable(value, TypeOf(operation.Value));
        Store(place, parts.AsSpan(0, parts.Length - 1).ToArray(), value);
        return value;
    }

    private void Store(Place place, Value[] parts, Value value)
    {
        _unit.HasEffects |= place.IsExternal;
        _code.Expression($"{place.Compose(parts).Text} = {value.Text}");
    }

    // A view variable has one type in C, and the type says where the view points to.
    private void CheckViewSpace(ISimpleAssignmentOperation operation)
    {
        if (!_shared.Types.HoldsMemory(TypeOf(operation.Target)) || operation.Target is not (ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation))
            return;
        Space target = default, value = default;
        Capture(() =>
        {
            target = Read(operation.Target).Space;
            value = Translate(operation.Value).Space;
        });
        if (target != value)
            throw Refuse(operation, "which assigns a view of other memory than the variable was made for");
    }

    private Value CompoundAssign(ICompoundAssignmentOperation operation, bool isStatement)
    {
        bool isBuiltIn = IsBuiltInOperator(operation.OperatorMethod, operation.ConstrainedToType);
        if (isStatement && isBuiltIn && DirectOperator(operation) is { } symbol && PlaceOf(operation.Target) is { } direct && SetterOf(operation.Target) is null)
        {
            Value amount = default;
            CodeBuffer code = Capture(() => amount = Translate(operation.Value));
            if (code.Count == 0 && !amount.HasEffect)
            {
                Value[] where = Sequence(direct.Parts);
                _unit.HasEffects |= direct.IsExternal;
                _code.Expression($"{direct.Compose(where).Text} {symbol}= {amount.Text}");
                return default;
            }
        }

        return Update(operation, operation.Target, isStatement, isPostfix: false, old =>
        {
            if (!isBuiltIn)
            {
                if (operation.OperatorMethod is not { IsStatic: true } method)
                    throw Refuse(operation, "an operator that changes its operand");
                return CallMethod(operation, method, operation.ConstrainedToType, instance: null, [new(0, Operand.Ready(old)), new(1, OperandOf(operation.Value))]);
            }

            SpecialType own = ScalarOf(operation.Target);
            bool isShift = operation.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift;
            SpecialType type = isShift ? Widened(own) : ScalarOf(operation.Value);
            if (operation.OperatorMethod is not null)
                type = own;
            Value right = Translate(operation.Value);
            Value result = Scalar(operation.OperatorKind, ConvertScalar(old, own, type), right, type, operation.Value);
            return ConvertScalar(result, type, own);
        });
    }

    // Small numbers are shifted as int.
    private static SpecialType Widened(SpecialType type) => IsSmall(type) ? SpecialType.System_Int32 : type;

    /// <summary>The operator of C that does the same in place, where there is one.</summary>
    private string? DirectOperator(ICompoundAssignmentOperation operation)
    {
        SpecialType type = ScalarOf(operation.Target);
        if (operation.OperatorMethod is null && ScalarOf(operation.Value) != type)
            return null;
        bool isWide = IsFloating(type) || type is SpecialType.System_UInt32 or SpecialType.System_UInt64;
        bool isInteger = IsSigned(type) || type is SpecialType.System_UInt32 or SpecialType.System_UInt64 or SpecialType.System_Boolean;
        return operation.OperatorKind switch
        {
            BinaryOperatorKind.Add when isWide => "+",
            BinaryOperatorKind.Subtract when isWide => "-",
            BinaryOperatorKind.Multiply when isWide => "*",
            BinaryOperatorKind.Divide when isWide || IsSigned(type) => "/",
            BinaryOperatorKind.Remainder when isInteger => "%",
            BinaryOperatorKind.And when isInteger => "&",
            BinaryOperatorKind.Or when isInteger => "|",
            BinaryOperatorKind.ExclusiveOr when isInteger => "^",
            _ => null,
        };
    }

    private Value Step(IIncrementOrDecrementOperation operation, bool isStatement) =>
        Update(operation, operation.Target, isStatement, operation.IsPostfix, old =>
        {
            bool isUp = operation.Kind == OperationKind.Increment;
            if (!IsBuiltInOperator(operation.OperatorMethod, operation.ConstrainedToType))
            {
                if (operation.OperatorMethod is not { IsStatic: true } method)
                    throw Refuse(operation, "an operator that changes its operand");
                return CallMethod(operation, method, operation.ConstrainedToType, instance: null, [new(0, Operand.Ready(old))]);
            }

            SpecialType own = ScalarOf(operation.Target), type = Widened(own);
            Value one = Constant(1, _shared.Symbols.Compilation.GetSpecialType(type));
            return ConvertScalar(Scalar(isUp ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract, old, one, type, null), type, own);
        });

    /// <summary>Reads a target, computes its new value and stores it, evaluating only once where the target is.</summary>
    private Value Update(IOperation operation, IOperation target, bool isStatement, bool isPostfix, Func<Value, Value> compute)
    {
        if (SetterOf(target) is { } property)
            return UpdateProperty(property, operation, isStatement, isPostfix, compute);
        Place place = PlaceOf(target) ?? throw Refuse(target);
        ITypeSymbol type = TypeOf(target);
        Value[] parts = Sequence(place.Parts);
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].HasEffect)
                parts[i] = Keep(parts[i], place.Parts[i].TypeText(parts[i]));
        }

        Value old = place.Compose(parts);
        Value result = default;
        CodeBuffer code = Capture(() => result = compute(old));
        if (code.Count > 0 || result.HasEffect || (isPostfix && !isStatement))
        {
            // What follows may change the target or where it lies; C# has read both by then.
            for (int i = 0; i < parts.Length; i++)
            {
                if (!parts[i].IsStable)
                    parts[i] = Keep(parts[i], place.Parts[i].TypeText(parts[i]));
            }

            old = Keep(place.Compose(parts), Variable(type));
            code = Capture(() => result = compute(old));
        }

        _code.Append(code);
        if (!isStatement && !isPostfix)
            result = Keep(result, Variable(type));
        Store(place, parts, result);
        return isPostfix ? old : result;
    }
}
