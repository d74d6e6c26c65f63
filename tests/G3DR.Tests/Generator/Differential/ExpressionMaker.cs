namespace G3DR.Tests.Generator.Differential;

/// <summary>Makes random expressions of a given type. What .NET leaves undefined or throws for is avoided by the way they are put together.</summary>
/// <param name="random">Source of all choices.</param>
/// <param name="functions">Functions that can be called.</param>
/// <param name="shapes">Structs that can be used.</param>
internal sealed class ExpressionMaker(Random random, IReadOnlyList<RandomFunction> functions, IReadOnlyList<StructShape> shapes)
{
    private const long MostCost = 4000;

    private static readonly string[] SumOperators = ["+", "-", "*", "+", "-", "*", "&", "|", "^"];
    private static readonly string[] Comparisons = ["<", "<=", ">", ">=", "==", "!="];
    private static readonly string[] Shifts = ["<<", ">>", ">>>"];

    /// <summary>Operations that may still be made for the function under way.</summary>
    internal int Budget { get; set; }

    /// <summary>How often the code under way runs per call.</summary>
    internal int Repeats { get; set; } = 1;

    /// <summary>Roughly how many operations the function under way takes.</summary>
    internal long Cost { get; private set; }

    internal void Begin(int budget)
    {
        Budget = budget;
        Cost = 0;
        Repeats = 1;
    }

    internal T OneOf<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>An expression of exactly this type.</summary>
    internal Node Make(ScalarType type, Scope scope, int depth)
    {
        Cost += Repeats;
        if (depth <= 0 || --Budget <= 0)
            return Leaf(type, scope, 0);
        return type == ScalarType.Bool ? Condition(scope, depth - 1) : Number(type, scope, depth - 1);
    }

    /// <summary>An expression that C# converts to a type where it is assigned.</summary>
    internal Node MakeFor(ScalarType type, Scope scope, int depth) =>
        random.Next(4) == 0 ? Make(OneOf(ScalarType.All.Where(t => t.ConvertsTo(type)).ToArray()), scope, depth) : Make(type, scope, depth);

    /// <summary>A value of a struct.</summary>
    internal Node MakeStruct(StructShape shape, Scope scope, int depth)
    {
        StructVariable[] known = [.. scope.AllStructs.Where(s => s.Shape == shape)];
        if (known.Length > 0 && (depth <= 0 || random.Next(3) == 0))
            return new($"{OneOf(known).Name}");
        if (depth <= 0)
            return new($"default({shape.Name})");
        depth--;
        return random.Next(6) switch
        {
            0 => new($"({MakeStruct(shape, scope, depth)} + {MakeStruct(shape, scope, depth)})"),
            1 => new($"({Make(ScalarType.Bool, scope, depth)} ? {MakeStruct(shape, scope, depth)} : {MakeStruct(shape, scope, depth)})"),
            2 => new($"(-{MakeStruct(shape, scope, depth)})"),
            3 when shape.Fields.Length > 1 => new($"new {shape.Name} {{ {shape.Fields[^1].Name} = {MakeFor(shape.Fields[^1].Type, scope, depth)}, {shape.Fields[0].Name} = {MakeFor(shape.Fields[0].Type, scope, depth)} }}"),
            _ => new($"new {shape.Name}({Node.List([.. shape.Fields.Select(f => MakeFor(f.Type, scope, depth))])})"),
        };
    }

    /// <summary>A change of something that can be written, as a statement without its end; null where there is nothing of the type.</summary>
    internal Node? Change(ScalarType? type, Scope scope, int depth)
    {
        Place[] targets = [.. scope.AllPlaces.Where(p => p.IsWritable && (type is null || p.Type == type))];
        if (targets.Length == 0)
            return null;
        Place target = OneOf(targets);
        Node place = target.Text(depth);
        ScalarType own = target.Type;
        switch (random.Next(own.IsNumber ? 8 : 2))
        {
            case 0 or 3:
                return new($"{place} = {MakeFor(own, scope, depth)}", own);
            case 1 when own == ScalarType.Bool:
                return new($"{place} {OneOf<string>(["&=", "|=", "^="])} {Make(own, scope, depth)}", own);
            case 1:
                return new($"{place}{OneOf<string>(["++", "--"])}", own);
            case 2:
                return new($"{OneOf<string>(["++", "--"])}{place}", own);
            case 4 when own.IsInteger:
                return new($"{place} {OneOf(Shifts)}= {MakeFor(ScalarType.Int, scope, depth)}", own);
            case 5 when own.IsInteger:
                ScalarType divisor = own.IsSmall ? ScalarType.Byte : own;
                return own == ScalarType.SByte || own == ScalarType.Short
                    ? new($"{place} {OneOf<string>(["/=", "%="])} {OneOf<string>(["3", "7", "(-5)"])}", own)
                    : new($"{place} {OneOf<string>(["/=", "%="])} {(own.IsSmall ? new Node($"((byte)({Make(ScalarType.Byte, scope, depth)} | 1))") : Divisor(own, divisor, scope, depth))}", own);
            case 6 when own.IsFloating:
                return new($"{place} /= {MakeFor(own, scope, depth)}", own);
            default:
                return new($"{place} {(own.IsFloating ? OneOf<string>(["+", "-", "*"]) : OneOf(SumOperators))}= {MakeFor(own, scope, depth)}", own);
        }
    }

    private Node? ChangeExpression(ScalarType type, Scope scope, int depth) => Change(type, scope, depth) is { } change ? new($"({change})", type) : null;

    private Node Number(ScalarType type, Scope scope, int depth)
    {
        int choice = random.Next(20);
        return choice switch
        {
            < 2 => Leaf(type, scope, depth),
            < 4 => new($"({Make(ScalarType.Bool, scope, depth)} ? {Make(type, scope, depth)} : {Make(type, scope, depth)})", type),
            < 6 => ChangeExpression(type, scope, depth) ?? Leaf(type, scope, depth),
            < 9 => Call(type, scope, depth) ?? Cast(type, scope, depth),
            9 => Switch(type, scope, depth),
            10 => Cast(type, scope, depth),
            _ when type.IsSmall => Cast(type, scope, depth),
            11 or 12 when type.IsInteger => new($"({Make(ShiftOperand(type), scope, depth)} {OneOf(Shifts)} {Make(OneOf<ScalarType>([ScalarType.Int, ScalarType.Byte]), scope, depth)})", type),
            13 when type.IsInteger => new($"({Make(type, scope, depth)} {OneOf<string>(["/", "%"])} {Divisor(type, type, scope, depth)})", type),
            14 => Unary(type, scope, depth),
            11 or 12 => Mathematics(type, scope, depth),
            _ => Binary(type, scope, depth),
        };
    }

    private ScalarType ShiftOperand(ScalarType type) =>
        type == ScalarType.Int ? OneOf<ScalarType>([type, ScalarType.Byte, ScalarType.SByte, ScalarType.UShort, ScalarType.Short]) : type;

    private Node Unary(ScalarType type, Scope scope, int depth)
    {
        Node operand = Make(type == ScalarType.Int ? ShiftOperand(type) : type, scope, depth);
        if (type.IsInteger && random.Next(2) == 0)
            return new($"(~{operand})", type);
        return type == ScalarType.UInt || type == ScalarType.ULong ? new($"(+{operand})", type) : new($"(-{operand})", type);
    }

    private Node Binary(ScalarType type, Scope scope, int depth)
    {
        (ScalarType a, ScalarType b) = OperandTypes(type);
        string symbol = type.IsFloating ? OneOf<string>(["+", "-", "*", "/"]) : OneOf(SumOperators);
        return new($"({Make(a, scope, depth)} {symbol} {Make(b, scope, depth)})", type);
    }

    // Half of the operands have types of their own, from which C# makes the result's type.
    private (ScalarType Left, ScalarType Right) OperandTypes(ScalarType type)
    {
        if (random.Next(2) == 0)
            return (type, type);
        (ScalarType, ScalarType)[] pairs =
        [
            .. from a in ScalarType.Numbers
               from b in ScalarType.Numbers
               where ScalarType.Promote(a, b) == type
               select (a, b),
        ];
        return OneOf(pairs);
    }

    // Never zero, and never minus one below the smallest number.
    private Node Divisor(ScalarType type, ScalarType operand, Scope scope, int depth)
    {
        Node value = Make(operand, scope, depth);
        if (!type.IsSigned)
            return new($"({value} | 1)");
        return random.Next(2) == 0 ? new($"(({value} & 255) + 1)") : new($"(-2 - ({value} & 4095))");
    }

    private Node Cast(ScalarType type, Scope scope, int depth)
    {
        ScalarType from = OneOf(ScalarType.Numbers);
        return new($"(({type.Name}){Make(from, scope, depth)})", type);
    }

    // No Floor, Ceiling and Round: PoCL makes zero of them for a NaN that it knows when it compiles. Hand-written kernels have them.
    private Node Mathematics(ScalarType type, Scope scope, int depth) => random.Next(6) switch
    {
        0 => new($"XMath.Sqrt({Make(type, scope, depth)})", type),
        1 => new($"XMath.FusedMultiplyAdd({Make(type, scope, depth)}, {Make(type, scope, depth)}, {Make(type, scope, depth)})", type),
        2 => new($"XMath.{OneOf<string>(["Min", "Max"])}({Make(type, scope, depth)}, {Make(type, scope, depth)})", type),
        3 => new($"XMath.Abs({Make(type, scope, depth)})", type),
        4 => new($"XMath.Clamp({Make(type, scope, depth)}, {Make(type, scope, depth)}, {Make(type, scope, depth)})", type),
        _ => new($"({Make(type, scope, depth)} % {Make(type, scope, depth)})", type),
    };

    private Node Switch(ScalarType type, Scope scope, int depth)
    {
        ScalarType on = OneOf(ScalarType.Integers);
        int first = on.IsSigned ? random.Next(-2, 2) : random.Next(2);
        Node guard = random.Next(2) == 0 ? new Node($"") : new Node($" when {Make(ScalarType.Bool, scope, depth)}");
        Node value = on.Size < 4 || random.Next(2) == 0 ? Make(on, scope, depth) : new Node($"({Make(on, scope, depth)} & 3)", on);
        return new($"({value} switch {{ {first} => {Make(type, scope, depth)}, {first + 1}{guard} => {Make(type, scope, depth)}, _ => {Make(type, scope, depth)} }})", type);
    }

    private Node Condition(Scope scope, int depth)
    {
        int choice = random.Next(14);
        ScalarType type = OneOf(ScalarType.Numbers);
        return choice switch
        {
            < 4 => Comparison(scope, depth),
            4 => new($"({Make(ScalarType.Bool, scope, depth)} && {Make(ScalarType.Bool, scope, depth)})", ScalarType.Bool),
            5 => new($"({Make(ScalarType.Bool, scope, depth)} || {Make(ScalarType.Bool, scope, depth)})", ScalarType.Bool),
            6 => new($"({Make(ScalarType.Bool, scope, depth)} {OneOf<string>(["&", "|", "^", "==", "!="])} {Make(ScalarType.Bool, scope, depth)})", ScalarType.Bool),
            7 => new($"!{Make(ScalarType.Bool, scope, depth)}", ScalarType.Bool),
            8 => new($"({Make(ScalarType.Bool, scope, depth)} ? {Make(ScalarType.Bool, scope, depth)} : {Make(ScalarType.Bool, scope, depth)})", ScalarType.Bool),
            9 => ChangeExpression(ScalarType.Bool, scope, depth) ?? Leaf(ScalarType.Bool, scope, depth),
            10 => Call(ScalarType.Bool, scope, depth) ?? Comparison(scope, depth),
            11 when type.IsInteger => new($"({Make(type, scope, depth)} is {random.Next(3)})", ScalarType.Bool),
            11 => new($"XMath.IsNaN({Make(type, scope, depth)})", ScalarType.Bool),
            12 => Switch(ScalarType.Bool, scope, depth),
            _ => Leaf(ScalarType.Bool, scope, depth),
        };
    }

    private Node Comparison(Scope scope, int depth)
    {
        ScalarType type = OneOf<ScalarType>([ScalarType.Int, ScalarType.UInt, ScalarType.Long, ScalarType.ULong, ScalarType.Float, ScalarType.Double]);
        (ScalarType a, ScalarType b) = OperandTypes(type);
        return new($"({Make(a, scope, depth)} {OneOf(Comparisons)} {Make(b, scope, depth)})", ScalarType.Bool);
    }

    private Node Leaf(ScalarType type, Scope scope, int depth)
    {
        Place[] places = [.. scope.AllPlaces.Where(p => p.Type == type)];
        if (places.Length > 0 && random.Next(4) > 0)
            return OneOf(places).Text(depth);
        Place[] others = [.. scope.AllPlaces.Where(p => p.Type.IsNumber)];
        return type.IsNumber && others.Length > 0 && random.Next(3) > 0
            ? new($"(({type.Name}){OneOf(others).Text(depth)})", type)
            : new Node($"{type.Literal(random)}", type);
    }

    private Node? Call(ScalarType type, Scope scope, int depth)
    {
        if (shapes.Count > 0 && random.Next(3) == 0)
            return CallMember(type, scope, depth);
        RandomFunction[] candidates = [.. functions.Where(f => f.Result == type && IsCallable(f, scope))];
        if (candidates.Length == 0)
            return null;
        RandomFunction function = OneOf(candidates);
        return new($"{function.Name}({Arguments(function, scope, depth)})", type);
    }

    private bool IsCallable(RandomFunction function, Scope scope) =>
        Repeats * function.Cost <= MostCost
        && function.Parameters.All(p => p.Modifier is "" or "in" || scope.AllPlaces.Any(v => v.IsVariable && v.Type == p.Type));

    private Node? CallMember(ScalarType type, Scope scope, int depth)
    {
        (StructShape Shape, RandomFunction Function, bool Changes)[] candidates =
            [.. shapes.SelectMany(s => s.Methods.Where(m => m.Function.Result == type && IsCallable(m.Function, scope)).Select(m => (s, m.Function, m.Changes)))];
        if (candidates.Length == 0)
            return null;
        (StructShape shape, RandomFunction function, bool changes) = OneOf(candidates);
        StructVariable[] variables = [.. scope.AllStructs.Where(s => s.Shape == shape && (s.IsWritable || !changes))];
        Node instance = variables.Length > 0 && random.Next(4) > 0 ? new Node($"{OneOf(variables).Name}") : MakeStruct(shape, scope, depth);
        return new($"{instance}.{function.Name}({Arguments(function, scope, depth)})", type);
    }

    private Node Arguments(RandomFunction function, Scope scope, int depth)
    {
        Cost += Repeats * function.Cost;
        Node[] arguments = [.. function.Parameters.Select(p => Argument(p, scope, depth))];
        if (arguments.Length > 1 && random.Next(6) == 0)
            arguments = [.. arguments.Select((a, i) => new Node($"{function.Parameters[i].Name}: {a}")).Reverse()];
        return Node.List(arguments);
    }

    private Node Argument(RandomParameter parameter, Scope scope, int depth)
    {
        if (parameter.Modifier.Length == 0)
            return MakeFor(parameter.Type, scope, depth);
        Place[] places = [.. scope.AllPlaces.Where(p => p.IsVariable && p.Type == parameter.Type)];
        if (parameter.Modifier == "in")
            return places.Length > 0 && random.Next(2) == 0 ? new($"in {OneOf(places).Text(depth)}") : Make(parameter.Type, scope, depth);
        return new($"{parameter.Modifier} {OneOf(places).Text(depth)}");
    }
}
