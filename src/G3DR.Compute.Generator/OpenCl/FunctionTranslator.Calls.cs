using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>Calls of methods with a body.</content>
internal sealed partial class FunctionTranslator
{
    /// <summary>An argument and the parameter that it is for.</summary>
    private readonly struct Argument
    {
        internal Argument(int ordinal, Operand operand)
        {
            Ordinal = ordinal;
            Operand = operand;
        }

        internal int Ordinal { get; }

        internal Operand Operand { get; }
    }

    private Value Invoke(IInvocationOperation operation)
    {
        IMethodSymbol target = operation.TargetMethod;
        if (InvokeRuntime(operation, target) is { } builtIn)
            return builtIn;
        if (operation.ConstrainedToType is { } dispatch && KernelSymbols.IsGenericMath(target.ContainingType) && SubsetTypes.IsScalar(Apply(dispatch)))
            return InvokeGenericMath(operation, target, Apply(dispatch));
        return CallMethod(operation, target, operation.ConstrainedToType, operation.Instance, Arguments(operation.Arguments));
    }

    // In the order in which they are evaluated, which named arguments make another than that of the parameters.
    private Argument[] Arguments(ImmutableArray<IArgumentOperation> arguments) =>
        [.. arguments.Select(a => new Argument(a.Parameter!.Ordinal, ArgumentOperand(a.Value, a.Parameter)))];

    private Argument[] Arguments(IMethodSymbol method, params IOperation[] operands) =>
        [.. operands.Select((o, i) => new Argument(i, ArgumentOperand(o, method.Parameters[i])))];

    private Operand ArgumentOperand(IOperation value, IParameterSymbol parameter)
    {
        if (parameter.RefKind == RefKind.None)
            return OperandOf(value);
        if (PlaceOf(value) is { } place)
            return place.Address();
        return Operand.Of(new Part(() => Temporary(Translate(value), value), _ => throw Refuse(value)));
    }

    /// <summary>The address of a new variable that holds a value.</summary>
    private Value Temporary(Value value, IOperation operation)
    {
        Value variable = Keep(value, Memory(TypeOf(operation), ViewSpace(value)));
        return Value.Constant("&" + variable.Text, CLevel.Unary).In(Space.Private, isOwn: true);
    }

    private Value CallMethod(IOperation operation, IMethodSymbol target, ITypeSymbol? dispatch, IOperation? instance, IReadOnlyList<Argument> arguments)
    {
        Callee callee = Resolve(operation, target, dispatch);
        return Call(operation, callee, instance is null ? null : InstanceOperand(instance, callee.Method), arguments);
    }

    private Value Call(IOperation operation, Callee callee, Operand? instance, IReadOnlyList<Argument> arguments)
    {
        IMethodSymbol method = callee.Method;
        Operand[] operands = [.. arguments.Select(a => a.Operand)];
        Value[] values = Evaluate(instance is null ? operands : [instance, .. operands]);
        int skip = instance is null ? 0 : 1;
        var ordered = new Value[method.Parameters.Length];
        var isPointer = new bool[method.Parameters.Length];
        bool reachesOut = false, passesMemory = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            Value value = values[skip + i];
            IParameterSymbol parameter = method.Parameters[arguments[i].Ordinal];
            ordered[parameter.Ordinal] = value;
            bool holdsMemory = _shared.Types.HoldsMemory(callee.Types.Apply(parameter.OriginalDefinition.Type));
            isPointer[parameter.Ordinal] = parameter.RefKind != RefKind.None;
            passesMemory |= holdsMemory || isPointer[parameter.Ordinal];
            reachesOut |= (holdsMemory || isPointer[parameter.Ordinal]) && !value.IsOwn;
        }

        bool byReference = instance is not null && InstancePassing.IsByReference(method, _shared);
        if (instance is not null)
        {
            bool holdsMemory = _shared.Types.HoldsMemory(method.ContainingType);
            passesMemory |= byReference || holdsMemory;
            reachesOut |= holdsMemory || (byReference && !values[0].IsOwn);
        }

        Space?[] spaces = [.. ordered.Select((v, i) => SpaceOfArgument(callee, i, v, isPointer[i]))];
        Unit function = _shared.Function(callee, new CallShape(byReference ? values[0].Space : null, spaces), operation.Syntax);
        _unit.Require(function);
        _unit.HasEffects |= function.HasEffects && (reachesOut || !passesMemory || function.Synchronises);
        _unit.Synchronises |= function.Synchronises;
        Value[] all = instance is null ? ordered : [values[0], .. ordered];
        Value call = C.Call(function.Name, all);
        bool isStable = call.IsStable && !passesMemory && !function.HasEffects;
        return new Value(call.Text, CLevel.Primary, isStable, call.HasEffect || function.HasEffects, function.ResultSpace ?? Space.Private);
    }

    private Space? SpaceOfArgument(Callee callee, int ordinal, Value value, bool isPointer)
    {
        if (isPointer)
            return value.Space;
        ITypeSymbol type = callee.Types.Apply(callee.Method.OriginalDefinition.Parameters[ordinal].Type);
        return _shared.Symbols.ViewRank(type) > 0 ? ViewSpace(value) : null;
    }

    /// <summary>
    /// What a member is called on: a pointer for members that may change it, a copy for others. C# copies first where the original must not change.
    /// </summary>
    private Operand InstanceOperand(IOperation instance, IMethodSymbol method)
    {
        if (!InstancePassing.IsByReference(method, _shared))
            return OperandOf(instance);
        Place? place = PlaceOf(instance);
        return place is null || (place.IsReadOnly && !method.IsReadOnly)
            ? Operand.Of(new Part(() => Temporary(Translate(instance), instance), _ => throw Refuse(instance)))
            : place.Address();
    }

    /// <summary>The method that a call leads to with the type arguments of this function.</summary>
    private Callee Resolve(IOperation operation, IMethodSymbol target, ITypeSymbol? dispatch)
    {
        if (target.MethodKind == MethodKind.LocalFunction)
            return LocalFunction(target);
        IMethodSymbol member = _callee.Types.Apply(target);
        if (target.IsStatic && dispatch is not null)
        {
            ITypeSymbol type = Apply(dispatch);
            IMethodSymbol found = StaticDispatch.Resolve(member.ConstructedFrom, type) ?? throw Refuse(operation, "for which there is no implementation");
            member = member.TypeArguments.IsEmpty ? found : found.ConstructedFrom.Construct([.. member.TypeArguments]);
        }
        else if (member.ContainingType.TypeKind == TypeKind.Interface && !member.IsStatic)
        {
            throw UntranslatableException.Reported();
        }

        return Callees.Of(member);
    }

    private Callee LocalFunction(IMethodSymbol target)
    {
        ITypeSymbol[] arguments = [.. target.TypeArguments.Select(Apply)];
        IMethodSymbol definition = target.OriginalDefinition;
        string suffix = string.Concat(arguments.Select(t => "_" + Names.Type(t)));
        string place = definition.Locations[0].SourceSpan.Start.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new Callee(
            definition,
            _callee.Types.Extend(definition.TypeParameters, arguments),
            $"{_callee.Key} / {definition.Name} {place} {string.Join(" ", arguments.Select(UnitKey.Of))}",
            _callee.Name + "_" + definition.Name + suffix);
    }
}
