using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>
/// Operators on numbers. Signed addition, subtraction and multiplication wrap in C# and are undefined in C where they overflow; they are done
/// on the unsigned numbers with the same bits.
/// </content>
internal sealed partial class FunctionTranslator
{
    private Value Binary(IBinaryOperation operation)
    {
        if (operation.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
        {
            if (operation.OperatorMethod is not null)
                throw Refuse(operation);
            return ShortCircuit(Translate(operation.LeftOperand), operation.RightOperand, operation.OperatorKind == BinaryOperatorKind.ConditionalAnd);
        }

        if (!IsBuiltInOperator(operation.OperatorMethod, operation.ConstrainedToType))
        {
            IMethodSymbol method = operation.OperatorMethod!;
            return _shared.Symbols.IsIndex(method.ContainingType)
                ? CompareIndices(operation)
                : CallMethod(operation, method, operation.ConstrainedToType, instance: null, Arguments(method, operation.LeftOperand, operation.RightOperand));
        }

        SpecialType type = ScalarOf(operation.LeftOperand);
        if ((IsWrapping(operation.OperatorKind) || operation.OperatorKind == BinaryOperatorKind.LeftShift) && IsSigned(type))
            return Signed(Unsigned(operation), type);
        Value[] values = Sequence([PartOf(operation.LeftOperand), PartOf(operation.RightOperand)]);
        return Scalar(operation.OperatorKind, values[0], values[1], type, operation.RightOperand);
    }

    /// <summary>Whether the operator works on numbers: the language's own, or generic math whose type is a number here.</summary>
    private bool IsBuiltInOperator(IMethodSymbol? method, ITypeSymbol? dispatch) =>
        method is null || (dispatch is not null && KernelSymbols.IsGenericMath(method.ContainingType) && SubsetTypes.IsScalar(Apply(dispatch)));

    /// <summary>An operator on two numbers of one type; of a shift the right one is an int.</summary>
    private Value Scalar(BinaryOperatorKind kind, Value left, Value right, SpecialType type, IOperation? rightOperation)
    {
        switch (kind)
        {
            case BinaryOperatorKind.Add when IsSigned(type):
                return Signed(C.Binary(AsUnsigned(left, type), "+", AsUnsigned(right, type), CLevel.Sum), type);
            case BinaryOperatorKind.Subtract when IsSigned(type):
                return Signed(C.Binary(AsUnsigned(left, type), "-", AsUnsigned(right, type), CLevel.Sum), type);
            case BinaryOperatorKind.Multiply when IsSigned(type):
                return Signed(C.Binary(AsUnsigned(left, type), "*", AsUnsigned(right, type), CLevel.Product), type);
            case BinaryOperatorKind.Multiply when type == SpecialType.System_UInt16:
                // C would widen to int, which overflows.
                return C.Cast("ushort", C.Binary(C.Cast("uint", left), "*", C.Cast("uint", right), CLevel.Product));
            case BinaryOperatorKind.Remainder when IsFloating(type):
                return C.Call("fmod", left, right);
            case BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift:
                return Shift(kind, left, right, type, rightOperation);
        }

        (string symbol, CLevel level) = kind switch
        {
            BinaryOperatorKind.Add => ("+", CLevel.Sum),
            BinaryOperatorKind.Subtract => ("-", CLevel.Sum),
            BinaryOperatorKind.Multiply => ("*", CLevel.Product),
            BinaryOperatorKind.Divide => ("/", CLevel.Product),
            BinaryOperatorKind.Remainder => ("%", CLevel.Product),
            BinaryOperatorKind.And => ("&", CLevel.BitAnd),
            BinaryOperatorKind.Or => ("|", CLevel.BitOr),
            BinaryOperatorKind.ExclusiveOr => ("^", CLevel.BitXor),
            BinaryOperatorKind.Equals => ("==", CLevel.Equality),
            BinaryOperatorKind.NotEquals => ("!=", CLevel.Equality),
            BinaryOperatorKind.LessThan => ("<", CLevel.Relation),
            BinaryOperatorKind.LessThanOrEqual => ("<=", CLevel.Relation),
            BinaryOperatorKind.GreaterThan => (">", CLevel.Relation),
            BinaryOperatorKind.GreaterThanOrEqual => (">=", CLevel.Relation),
            _ => throw UntranslatableException.At(rightOperation?.Syntax.Parent ?? SyntaxOfMethod()!, $"the operator {kind}"),
        };
        Value result = level is CLevel.BitAnd or CLevel.BitOr or CLevel.BitXor or CLevel.Equality
            ? Bitwise(left, symbol, right, level)
            : C.Binary(left, symbol, right, level);
        return level is CLevel.Equality or CLevel.Relation ? result : Narrow(result, type);
    }

    // Compilers warn where bits and sums stand side by side without parentheses, and readers stumble.
    private static Value Bitwise(Value left, string symbol, Value right, CLevel level)
    {
        string Operand(Value value) => value.Level == level && value.Level != CLevel.Equality ? value.Text : value.At(level == CLevel.Equality ? CLevel.Sum : CLevel.Unary);
        return Value.Over($"{Operand(left)} {symbol} {(right.Level == level ? "(" + right.Text + ")" : Operand(right))}", level, left, right);
    }

    /// <summary>C computes small numbers as int; operators of generic math and enums keep their type.</summary>
    private static Value Narrow(Value value, SpecialType type) => type is SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16
        ? C.Cast(Names.Scalar(type)!, value)
        : value;

    private static Value Shift(BinaryOperatorKind kind, Value left, Value right, SpecialType type, IOperation? rightOperation)
    {
        bool isLong = type is SpecialType.System_Int64 or SpecialType.System_UInt64;
        int mask = isLong ? 63 : 31;
        Value count = rightOperation?.ConstantValue is { HasValue: true, Value: int constant }
            ? Value.Constant((constant & mask).ToString(System.Globalization.CultureInfo.InvariantCulture))
            : Bitwise(right, "&", Value.Constant(mask.ToString(System.Globalization.CultureInfo.InvariantCulture)), CLevel.BitAnd);
        string symbol = kind == BinaryOperatorKind.LeftShift ? "<<" : ">>";
        // Shifting a negative number to the right keeps its sign in C# and in OpenCL C.
        bool isUnsigned = kind != BinaryOperatorKind.RightShift;
        if (IsSigned(type) && isUnsigned)
            return Signed(Shifted(AsUnsigned(left, type)), type);
        return Narrow(Shifted(left), type);

        Value Shifted(Value value) => Value.Over($"{value.At(CLevel.Product)} {symbol} {count.At(CLevel.Product)}", CLevel.Shift, value, count);
    }

    private Value Unary(IUnaryOperation operation)
    {
        if (!IsBuiltInOperator(operation.OperatorMethod, operation.ConstrainedToType))
            return CallMethod(operation, operation.OperatorMethod!, operation.ConstrainedToType, instance: null, Arguments(operation.OperatorMethod!, operation.Operand));
        SpecialType type = ScalarOf(operation.Operand);
        switch (operation.OperatorKind)
        {
            case UnaryOperatorKind.Plus:
                return Translate(operation.Operand);
            case UnaryOperatorKind.Minus when IsSigned(type):
                return Signed(Unsigned(operation), type);
            case UnaryOperatorKind.Minus:
                return Narrow(C.Unary("-", Translate(operation.Operand)), type);
            case UnaryOperatorKind.Not:
                return C.Unary("!", Translate(operation.Operand));
            case UnaryOperatorKind.BitwiseNegation:
                return Narrow(C.Unary("~", Translate(operation.Operand)), type);
            default:
                throw Refuse(operation);
        }
    }

    /// <summary>An operand of wrapping arithmetic as an unsigned number; sums of sums stay unsigned throughout.</summary>
    private Value Unsigned(IOperation operation)
    {
        SpecialType type = ScalarOf(operation);
        if (operation.ConstantValue is { HasValue: true, Value: { } constant })
            return Literals.Unsigned(constant, type);
        switch (operation)
        {
            case IBinaryOperation binary when IsWrapping(binary.OperatorKind) && IsBuiltInOperator(binary.OperatorMethod, binary.ConstrainedToType):
                Value[] values = Sequence([UnsignedPart(binary.LeftOperand, type), UnsignedPart(binary.RightOperand, type)]);
                return binary.OperatorKind switch
                {
                    BinaryOperatorKind.Add => C.Binary(values[0], "+", values[1], CLevel.Sum),
                    BinaryOperatorKind.Subtract => C.Binary(values[0], "-", values[1], CLevel.Sum),
                    _ => C.Binary(values[0], "*", values[1], CLevel.Product),
                };
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.LeftShift } shift when IsBuiltInOperator(shift.OperatorMethod, shift.ConstrainedToType):
                Value[] shifted = Sequence([UnsignedPart(shift.LeftOperand, type), PartOf(shift.RightOperand)]);
                return Shift(shift.OperatorKind, shifted[0], shifted[1], type == SpecialType.System_Int64 ? SpecialType.System_UInt64 : SpecialType.System_UInt32, shift.RightOperand);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } minus when IsBuiltInOperator(minus.OperatorMethod, minus.ConstrainedToType):
                return C.Binary(Value.Constant(type == SpecialType.System_Int64 ? "0UL" : "0u"), "-", Unsigned(minus.Operand), CLevel.Sum);
            // Widening keeps the sign whether the wider type is called signed or not.
            case IConversionOperation { OperatorMethod: null, Operand: { Type: not null } narrow } when SubsetTypes.IsScalar(Apply(narrow.Type!)) && !IsFloating(ScalarOf(narrow)):
                return AsUnsigned(Translate(narrow), type);
            default:
                return AsUnsigned(Translate(operation), type);
        }
    }

    private Part UnsignedPart(IOperation operation, SpecialType type) => new(() => Unsigned(operation), _ => UnsignedName(type));

    private static bool IsWrapping(BinaryOperatorKind kind) => kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply;

    private static bool IsSigned(SpecialType type) => type is SpecialType.System_Int32 or SpecialType.System_Int64;

    private static bool IsFloating(SpecialType type) => type is SpecialType.System_Single or SpecialType.System_Double;

    private static string UnsignedName(SpecialType type) => type == SpecialType.System_Int64 ? "ulong" : "uint";

    private static Value AsUnsigned(Value value, SpecialType type)
    {
        string suffix = type == SpecialType.System_Int64 ? "UL" : "u";
        string digits = type == SpecialType.System_Int64 && value.Text.EndsWith("L", StringComparison.Ordinal) ? value.Text.Substring(0, value.Text.Length - 1) : value.Text;
        bool isLiteral = digits.Length > 0 && digits.All(c => c is >= '0' and <= '9');
        return isLiteral ? Value.Constant(digits + suffix) : C.Cast(UnsignedName(type), value);
    }

    private static Value Signed(Value value, SpecialType type) => C.Cast(type == SpecialType.System_Int64 ? "long" : "int", value);

    private Value CompareIndices(IBinaryOperation operation)
    {
        ITypeSymbol type = TypeOf(operation.LeftOperand);
        bool isEqual = operation.OperatorKind == BinaryOperatorKind.Equals;
        if (!isEqual && operation.OperatorKind != BinaryOperatorKind.NotEquals)
            throw Refuse(operation);
        Value[] values = Sequence([PartOf(operation.LeftOperand, isRepeated: true), PartOf(operation.RightOperand, isRepeated: true)]);
        string symbol = isEqual ? "==" : "!=";
        if (!_shared.Types.IsPlainStruct(type))
            return C.Binary(values[0], symbol, values[1], CLevel.Equality);
        return DeviceTypes.Fields((INamedTypeSymbol)type)
            .Select(f => C.Binary(C.Member(values[0], f.Name), symbol, C.Member(values[1], f.Name), CLevel.Equality))
            .Aggregate((a, b) => C.Binary(a, isEqual ? "&&" : "||", b, isEqual ? CLevel.And : CLevel.Or));
    }
}
