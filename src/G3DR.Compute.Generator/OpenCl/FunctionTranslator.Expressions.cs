using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Expressions: which translation an operation takes, and choices within expressions.</content>
internal sealed partial class FunctionTranslator
{
    /// <summary>The value of an expression; what it does besides goes before, into the current statements.</summary>
    private Value Translate(IOperation operation)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        if (operation.ConstantValue.HasValue && SubsetTypes.IsScalarOrEnum(operation.Type))
            return Constant(operation.ConstantValue.Value, operation.Type!);
        switch (operation)
        {
            case IConversionOperation conversion:
                return Convert(conversion);
            case IBinaryOperation binary:
                return Binary(binary);
            case IUnaryOperation unary:
                return Unary(unary);
            case IInvocationOperation invocation:
                return Invoke(invocation);
            case IObjectCreationOperation creation:
                return Create(creation);
            case IConditionalOperation { WhenFalse: { } whenFalse } choice:
                return Choice(Translate(choice.Condition), TypeOf(choice), () => Translate(choice.WhenTrue), () => Translate(whenFalse), choice);
            case ISwitchExpressionOperation choice:
                return SwitchExpression(choice);
            case IIsPatternOperation { Pattern: IConstantPatternOperation pattern } test:
                return EqualsConstant(Translate(test.Value), pattern.Value);
            case IIsPatternOperation { Pattern: IDiscardPatternOperation } test:
                return Sequence([PartOf(test.Value)])[0].With("true", CLevel.Primary);
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment, isStatement: false);
            case ICompoundAssignmentOperation assignment:
                return CompoundAssign(assignment, isStatement: false);
            case IIncrementOrDecrementOperation step:
                return Step(step, isStatement: false);
            case IDefaultValueOperation or ILiteralOperation:
                return Default(TypeOf(operation));
            case ISizeOfOperation size:
                return Value.Constant($"(int)sizeof({Memory(Apply(size.TypeOperand))})", CLevel.Unary);
            case ILocalReferenceOperation or IParameterReferenceOperation or IInstanceReferenceOperation or IFieldReferenceOperation:
                return Read(operation);
            case IPropertyReferenceOperation property:
                return Property(property);
            case { Kind: OperationKind.None } when FindStackAlloc(operation) is { } array:
                return AllocateArray(array);
            default:
                throw Refuse(operation);
        }
    }

    private Value Constant(object? value, ITypeSymbol type)
    {
        SpecialType scalar = DeviceTypes.Underlying(type).SpecialType;
        _unit.UsesDouble |= scalar == SpecialType.System_Double;
        return Literals.Of(value, scalar);
    }

    private Value Default(ITypeSymbol type)
    {
        ITypeSymbol number = DeviceTypes.Underlying(type);
        if (Names.Scalar(number.SpecialType) is not null)
            return Constant(null, number);
        string name = Variable(type);
        return name == "int" ? Value.Constant("0") : Value.Constant($"({name}){{ 0 }}", CLevel.Primary).In(_shared.Symbols.ViewRank(type) > 0 ? Space.Global : Space.Private);
    }

    /// <summary>One of two values. Where an arm needs statements, they run only if it is chosen.</summary>
    private Value Choice(Value condition, ITypeSymbol type, Func<Value> whenTrue, Func<Value> whenFalse, IOperation operation)
    {
        Value first = default, second = default;
        CodeBuffer firstCode = Capture(() => first = whenTrue()), secondCode = Capture(() => second = whenFalse());
        if (_shared.Types.HoldsMemory(type) && first.Space != second.Space)
            throw Refuse(operation, "whose two values lie in different memory");
        if (firstCode.Count == 0 && secondCode.Count == 0)
            return C.Conditional(condition, first, second);
        string result = _names.Fresh("t");
        _code.Line($"{Variable(type, ViewSpace(first))} {result};");
        _code.Line($"if ({condition.Text})");
        Arm(firstCode, first);
        _code.Line("else");
        Arm(secondCode, second);
        return new Value(result, CLevel.Primary, isStable: true, space: first.Space);

        void Arm(CodeBuffer code, Value value)
        {
            _code.Line("{");
            _code.Depth++;
            _code.Append(code);
            _code.Expression($"{result} = {value.Text}");
            _code.Depth--;
            _code.Line("}");
        }
    }

    /// <summary>
    /// <c>&amp;&amp;</c> and <c>||</c>. C stops at the same operand; only statements that the right one needs have to be kept from running.
    /// </summary>
    private Value ShortCircuit(Value left, IOperation rightOperation, bool isAnd)
    {
        Value right = default;
        CodeBuffer code = Capture(() => right = Translate(rightOperation));
        if (code.Count == 0)
        {
            CLevel level = isAnd ? CLevel.And : CLevel.Or;
            // Compilers ask for the parentheses that C does not need between the two.
            string first = left.Level == CLevel.And && !isAnd ? "(" + left.Text + ")" : left.At(level);
            string second = right.Level == CLevel.And && !isAnd ? "(" + right.Text + ")" : right.At(level + 1);
            return Value.Over($"{first} {(isAnd ? "&&" : "||")} {second}", level, left, right);
        }

        string result = _names.Fresh("t");
        _code.Line($"bool {result} = {left.Text};");
        _code.Line(isAnd ? $"if ({result})" : $"if (!{result})");
        _code.Line("{");
        _code.Depth++;
        _code.Append(code);
        _code.Expression($"{result} = {right.Text}");
        _code.Depth--;
        _code.Line("}");
        return Value.Constant(result);
    }
}
