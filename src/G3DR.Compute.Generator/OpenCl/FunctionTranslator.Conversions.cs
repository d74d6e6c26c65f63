using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Conversions.</content>
internal sealed partial class FunctionTranslator
{
    private Value Convert(IConversionOperation operation)
    {
        if (FindStackAlloc(operation) is { } array)
            return AllocateArray(array);
        ITypeSymbol from = TypeOf(operation.Operand), to = TypeOf(operation);
        if (operation.OperatorMethod is { } method && !(_shared.Symbols.IsSpan(from) && _shared.Symbols.IsSpan(to)))
        {
            // Index1D is a number in C.
            return _shared.Symbols.IsIndex(method.ContainingType)
                ? Translate(operation.Operand)
                : CallMethod(operation, method, operation.ConstrainedToType, instance: null, Arguments(method, operation.Operand));
        }

        // The bits of wrapping arithmetic are unsigned already.
        if (DeviceTypes.Underlying(from).SpecialType is SpecialType.System_Int32 && DeviceTypes.Underlying(to).SpecialType is SpecialType.System_UInt32)
            return Unsigned(operation.Operand);
        Value value = Translate(operation.Operand);
        SpecialType source = DeviceTypes.Underlying(from).SpecialType, target = DeviceTypes.Underlying(to).SpecialType;
        if (SubsetTypes.IsScalar(DeviceTypes.Underlying(from)) && SubsetTypes.IsScalar(DeviceTypes.Underlying(to)))
            return ConvertScalar(value, source, target);
        bool isSameMemory = SymbolEqualityComparer.Default.Equals(from, to) || (_shared.Symbols.IsSpan(from) && _shared.Symbols.IsSpan(to));
        return isSameMemory ? value : throw Refuse(operation);
    }

    /// <summary>
    /// A number in another type. From a fraction to an integer .NET cuts off, stops at the ends of the range and makes zero of NaN; to
    /// small integers it does so by way of int.
    /// </summary>
    private Value ConvertScalar(Value value, SpecialType from, SpecialType to)
    {
        if (from == to)
            return value;
        _unit.UsesDouble |= to == SpecialType.System_Double;
        string name = Names.Scalar(to)!;
        if (IsFloating(from) && !IsFloating(to))
        {
            bool isSmall = IsSmall(to);
            Value whole = Helper(_shared.DeviceCode.FloatToInteger(from, isSmall ? SpecialType.System_Int32 : to), value);
            return isSmall ? C.Cast(name, whole) : whole;
        }

        // C widens small integers by itself wherever it computes with them.
        return to == SpecialType.System_Int32 && IsSmall(from) ? value : C.Cast(name, value);
    }

    private static bool IsSmall(SpecialType type) =>
        type is SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16;

    /// <summary>An index of an element. C takes an integer of any width, so one that was widened for the view is used as it is.</summary>
    private Part IndexPart(IOperation operation)
    {
        IOperation index = operation;
        if (operation is IConversionOperation { OperatorMethod: null, Type.SpecialType: SpecialType.System_Int64, Operand: { } narrow }
            && !operation.ConstantValue.HasValue
            && DeviceTypes.Underlying(Apply(narrow.Type!)).SpecialType is var source
            && (IsSmall(source) || source is SpecialType.System_Int32 or SpecialType.System_UInt32))
        {
            index = narrow;
        }

        return operation.ConstantValue is { HasValue: true, Value: long constant }
            ? new Part(() => Value.Constant(constant.ToString(System.Globalization.CultureInfo.InvariantCulture)), _ => "long")
            : PartOf(index);
    }
}
