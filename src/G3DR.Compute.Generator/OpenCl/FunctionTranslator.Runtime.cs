using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>What the runtime and the framework supply: views, groups, mathematics.</content>
internal sealed partial class FunctionTranslator
{
    private Value ViewProperty(IPropertyReferenceOperation operation, IOperation instance)
    {
        bool isFlat = operation.Property.Name == "BaseView";
        Value view = Sequence([PartOf(instance, isRepeated: isFlat)])[0];
        switch (operation.Property.Name)
        {
            case "Length":
                return C.Member(view, "n").In(Space.Private);
            case "Width" or "Height" or "Depth":
                return C.Member(view, operation.Property.Name.ToLowerInvariant()).In(Space.Private);
            case "BaseView":
                string type = Variable(TypeOf(operation), ViewSpace(view));
                return C.Compound(type, C.Member(view, "p"), C.Member(view, "n")).In(view.Space);
            default:
                throw Refuse(operation);
        }
    }

    /// <summary>A flat view with sizes: <c>new ArrayView2D&lt;T&gt;(view, width, height)</c>.</summary>
    private Value ShapedView(IObjectCreationOperation operation, ITypeSymbol type)
    {
        if (_shared.Symbols.ViewRank(type) == 1)
            throw Refuse(operation);
        Argument[] arguments = Arguments(operation.Arguments);
        Part[] parts = [.. operation.Arguments.Select(a => PartOf(a.Value, isRepeated: a.Parameter!.Ordinal == 0))];
        Value[] values = Sequence(parts);
        var ordered = new Value[values.Length];
        for (int i = 0; i < values.Length; i++)
            ordered[arguments[i].Ordinal] = values[i];
        return Shaped(type, ordered);
    }

    private Value Shaped(ITypeSymbol type, Value[] viewAndSizes)
    {
        Value view = viewAndSizes[0];
        return C.Compound(Variable(type, ViewSpace(view)), [C.Member(view, "p"), C.Member(view, "n"), .. viewAndSizes.Skip(1)]).In(view.Space);
    }

    /// <summary>A call of the runtime's or the framework's own functions; null where the method has a body to be translated.</summary>
    private Value? InvokeRuntime(IInvocationOperation operation, IMethodSymbol target)
    {
        INamedTypeSymbol owner = target.ContainingType;
        if (_shared.Symbols.IsBitConversion(target))
            return BitConversion(operation, target);
        if (operation.Instance is { } instance && _shared.Symbols.ViewRank(TypeOf(instance)) > 0)
            return ViewMethod(operation, instance);
        if (!_shared.Symbols.IsRuntimeType(owner))
            return null;
        return owner.Name switch
        {
            "XMath" => XMath(operation, target),
            "Group" when target.Name == "Barrier" => Barrier(),
            "Atomic" when target.Name == "Add" => AtomicAdd(operation, target),
            "SharedMemory" => throw Refuse(operation, "which has to be the whole initial value of a local"),
            _ => null,
        };
    }

    private Value ViewMethod(IInvocationOperation operation, IOperation instance)
    {
        // The pieces of the view are used one by one.
        Part[] parts = [PartOf(instance, isRepeated: true), .. operation.Arguments.Select(a => PartOf(a.Value))];
        Value[] values = Sequence(parts);
        var ordered = new Value[values.Length];
        ordered[0] = values[0];
        for (int i = 0; i < operation.Arguments.Length; i++)
            ordered[operation.Arguments[i].Parameter!.Ordinal + 1] = values[i + 1];
        switch (operation.TargetMethod.Name)
        {
            case "SubView" when ordered.Length == 3:
                Value start = C.Binary(C.Member(ordered[0], "p"), "+", ordered[1], CLevel.Sum);
                return C.Compound(Variable(TypeOf(operation), ViewSpace(ordered[0])), start, ordered[2]).In(ordered[0].Space);
            case "As2D" or "As3D":
                return Shaped(TypeOf(operation), ordered);
            default:
                throw Refuse(operation);
        }
    }

    private static Value? GroupProperty(IPropertySymbol property)
    {
        if (property.ContainingType.Name is not ("Group" or "Grid") || property.Name.Length != 4)
            return null;
        int axis = property.Name[3] - 'X';
        string? function = (property.ContainingType.Name, property.Name.Substring(0, 3)) switch
        {
            ("Group", "Idx") => "get_local_id",
            ("Group", "Dim") => "get_local_size",
            ("Grid", "Idx") => "get_group_id",
            ("Grid", "Dim") => "get_num_groups",
            _ => null,
        };
        return function is null || axis is < 0 or > 2 ? null : Value.Constant($"(int){function}({axis})", CLevel.Unary);
    }

    private Value Barrier()
    {
        _unit.HasEffects = true;
        _unit.Synchronises = true;
        return new Value("barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)", CLevel.Primary, hasEffect: true);
    }

    private Value AtomicAdd(IInvocationOperation operation, IMethodSymbol target)
    {
        Value[] values = Evaluate([.. Arguments(operation.Arguments).OrderBy(a => a.Ordinal).Select(a => a.Operand)]);
        if (values[0].Space == Space.Private)
            throw Refuse(operation, "whose target is a variable of one item; add with '+='");
        _unit.HasEffects = true;
        Value call = target.Parameters[0].Type.SpecialType == SpecialType.System_Single
            ? Helper(_shared.DeviceCode.AtomicAddFloat(values[0].Space), values)
            : C.Call("atomic_add", values);
        return new Value(call.Text, CLevel.Primary, hasEffect: true);
    }

    private Value XMath(IInvocationOperation operation, IMethodSymbol target)
    {
        SpecialType type = target.Parameters[target.Parameters.Length - 1].Type.SpecialType;
        Value[] values = InOrderOfParameters(operation.Arguments);
        return Mathematics(operation, target.Name, type, values);
    }

    /// <summary>The values of arguments, evaluated in the order of the source.</summary>
    private Value[] InOrderOfParameters(ImmutableArray<IArgumentOperation> given)
    {
        Argument[] arguments = Arguments(given);
        Value[] values = Evaluate([.. arguments.Select(a => a.Operand)]);
        var ordered = new Value[values.Length];
        for (int i = 0; i < values.Length; i++)
            ordered[arguments[i].Ordinal] = values[i];
        return ordered;
    }

    /// <summary>A function of XMath's list on numbers of one type.</summary>
    private Value Mathematics(IOperation operation, string name, SpecialType type, Value[] values)
    {
        if (MathFunctions.IsDeviceMath(name) && IsFloating(type) && DeviceMath(name, type, values.Length) is { } method)
            return Call(operation, Callees.Of(method), instance: null, [.. values.Select((v, i) => new Argument(i, Operand.Ready(v)))]);
        if (IsFloating(type) && MathFunctions.BuiltIn(name) is { } function)
            return C.Call(function, values);
        if (IsFloating(type) && name == "Rsqrt")
            return C.Binary(Constant(1, _shared.Symbols.Compilation.GetSpecialType(type)), "/", C.Call("sqrt", values), CLevel.Product);
        if (_shared.DeviceCode.Mathematics(name, type, values.Length) is { } helper)
            return Helper(helper, values);
        throw Refuse(operation, "which has no device version");
    }

    /// <summary>The polynomial that every device computes alike, once the runtime has it.</summary>
    private IMethodSymbol? DeviceMath(string name, SpecialType type, int parameters) =>
        _shared.Symbols.DeviceMath?.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault(m =>
            m.IsStatic && m.Parameters.Length == parameters && m.ReturnType.SpecialType == type && m.Parameters.All(p => p.Type.SpecialType == type)
            && (_shared.HasSource(m) || _shared.Library.Find($"function {UnitKey.Of(m)} {new string('-', parameters + 1)}") is not null));

    private Value InvokeGenericMath(IInvocationOperation operation, IMethodSymbol target, ITypeSymbol type)
    {
        SpecialType scalar = type.SpecialType;
        switch (target.Name)
        {
            case "CreateTruncating" or "CreateChecked" or "CreateSaturating":
                return CreateNumber(operation, target.Name, scalar);
            case "ConvertToInteger" or "ConvertToIntegerNative":
                SpecialType result = TypeOf(operation).SpecialType;
                return ConvertScalar(Translate(operation.Arguments[0].Value), scalar, result);
            default:
                return Mathematics(operation, target.Name, scalar, InOrderOfParameters(operation.Arguments));
        }
    }

    /// <summary>A number of another type made into this one. Constants are converted here, so that no double remains in a float kernel.</summary>
    private Value CreateNumber(IInvocationOperation operation, string method, SpecialType to)
    {
        IOperation argument = operation.Arguments[0].Value;
        SpecialType from = ScalarOf(argument);
        if (argument.ConstantValue is { HasValue: true, Value: { } constant } && GenericMath.CreateConstant(constant, to, method == "CreateTruncating") is { } created)
            return Constant(created, _shared.Symbols.Compilation.GetSpecialType(to));
        Value value = Translate(argument);
        if (from == to)
            return value;
        // From fractions all three stop at the ends of the range, also for small integers; from integers only the saturating one does.
        bool clamps = !IsFloating(to) && (IsFloating(from) || method == "CreateSaturating");
        return clamps ? Helper(_shared.DeviceCode.Saturate(from, to), value) : ConvertScalar(value, from, to);
    }

    private Value BitConversion(IInvocationOperation operation, IMethodSymbol target)
    {
        string? function = target.Name switch
        {
            "SingleToInt32Bits" => "as_int",
            "SingleToUInt32Bits" => "as_uint",
            "Int32BitsToSingle" or "UInt32BitsToSingle" => "as_float",
            "DoubleToInt64Bits" => "as_long",
            "DoubleToUInt64Bits" => "as_ulong",
            "Int64BitsToDouble" or "UInt64BitsToDouble" => "as_double",
            _ => null,
        };
        if (function is null)
            throw Refuse(operation);
        _unit.UsesDouble |= function is "as_double" or "as_long" or "as_ulong";
        return C.Call(function, InOrderOfParameters(operation.Arguments));
    }

    private Value IndexSize(IOperation instance, ITypeSymbol type)
    {
        Value index = Sequence([PartOf(instance, isRepeated: true)])[0];
        if (!_shared.Types.IsPlainStruct(type))
            return C.Cast("long", index);
        string[] axes = type.Name == "Index2D" ? ["X", "Y"] : ["X", "Y", "Z"];
        return axes.Select((a, i) => i == 0 ? C.Cast("long", C.Member(index, a)) : C.Member(index, a))
            .Aggregate((a, b) => C.Binary(a, "*", b, CLevel.Product));
    }
}
