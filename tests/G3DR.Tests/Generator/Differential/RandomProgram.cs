namespace G3DR.Tests.Generator.Differential;

/// <summary>C# source of several kernels, each of which writes the results of several functions with random bodies.</summary>
/// <param name="seed">Its number.</param>
/// <param name="declarations">Structs and functions that the cases use.</param>
/// <param name="cases">The functions whose results are written.</param>
/// <param name="isOriginal">Whether nothing was left out; smaller ones need not compile.</param>
internal sealed class RandomProgram(int seed, Node declarations, IReadOnlyList<RandomCase> cases, bool isOriginal)
{
    private const int CasesPerKernel = 4;

    internal bool IsOriginal => isOriginal;

    /// <summary>The program with this number; always the same.</summary>
    internal static RandomProgram Create(int seed)
    {
        (Node declarations, RandomCase[] cases) = new ProgramMaker(new Random(seed)).Make();
        return new RandomProgram(seed, declarations, cases, isOriginal: true);
    }

    /// <summary>Programs with less in them, for the search of the shortest that still fails: first with one case only, then with shorter ones.</summary>
    internal IEnumerable<RandomProgram> Smaller()
    {
        if (cases.Count > 1)
            return cases.Select(c => new RandomProgram(seed, declarations, [c], isOriginal: false));
        return declarations.Smaller().Select(d => new RandomProgram(seed, d, cases, isOriginal: false))
            .Concat(cases[0].Function.Smaller().Select(f => new RandomProgram(seed, declarations, [cases[0] with { Function = f }], isOriginal: false)));
    }

    /// <summary>The source text.</summary>
    public override string ToString()
    {
        Node[] kernels = [.. cases.Chunk(CasesPerKernel).Select((c, i) => Kernel(i, c))];
        Node program = new($"// RandomProgram.Create({seed})\n{declarations}static partial class Kernels\n{{\n{Node.Lines([.. cases.Select(c => c.Function), .. kernels])}}}\n");
        return string.Join('\n', program.ToString().Split('\n').Where(line => line.Trim().Length > 0));
    }

    private static Node Kernel(int number, RandomCase[] cases) => new(
        $"[Kernel]\npublic static void K{number}({KernelInputs.Parameters})\n{{\n{Node.Lines([.. cases.Select((c, i) => new Node($"results[{KernelInputs.ResultsPerItem} * i + {i}] = {c.Call};"))])}}}");
}

/// <summary>A function of inputs, and its call.</summary>
internal sealed record RandomCase(Node Function, Node Call);

/// <summary>Puts random structs, functions and kernels together to a program.</summary>
internal sealed class ProgramMaker
{
    private const string Prelude = """
        using System;
        using G3DR.Compute;

        static class Bits
        {
            public static ulong Of(bool x) => x ? 1UL : 2UL;
            public static ulong Of(sbyte x) => (ulong)x;
            public static ulong Of(byte x) => x;
            public static ulong Of(short x) => (ulong)x;
            public static ulong Of(ushort x) => x;
            public static ulong Of(int x) => (ulong)x;
            public static ulong Of(uint x) => x;
            public static ulong Of(long x) => (ulong)x;
            public static ulong Of(ulong x) => x;
            public static ulong Of(float x) => XMath.IsNaN(x) ? 0x7FC00000UL : BitConverter.SingleToUInt32Bits(x);
            public static ulong Of(double x) => XMath.IsNaN(x) ? 0x7FF8000000000000UL : BitConverter.DoubleToUInt64Bits(x);
            public static ulong Mix(ulong sum, ulong bits) => (sum ^ bits) * 0x100000001B3UL + (sum >> 29);
        }
        """;

    private const int Cases = 16;

    private readonly Random _random;
    private readonly List<RandomFunction> _functions = [];
    private readonly List<StructShape> _shapes = [];
    private readonly ExpressionMaker _expressions;
    private readonly StatementMaker _statements;

    internal ProgramMaker(Random random)
    {
        _random = random;
        _expressions = new ExpressionMaker(random, _functions, _shapes);
        _statements = new StatementMaker(random, _expressions, _shapes);
    }

    internal (Node Declarations, RandomCase[] Cases) Make()
    {
        var types = new List<Node>();
        var functions = new List<Node>();
        for (int i = 0; i < 2; i++)
        {
            types.Add(Struct($"S{i}"));
            for (int k = 0; k < 3; k++)
            {
                functions.Add(Function("public static", $"F{i}{k}", new Scope(), out RandomFunction function));
                _functions.Add(function with { Name = "Kernels." + function.Name });
            }
        }

        return (
            new($"{Prelude}\n{Node.Lines(types)}\nstatic partial class Kernels\n{{\n{Node.Lines(functions)}}}\n"),
            [.. Enumerable.Range(0, Cases).Select(i => Case($"Case{i}"))]);
    }

    private Node Struct(string name)
    {
        var fields = new (string Name, ScalarType Type, bool IsProperty)[_random.Next(1, 5)];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = ($"A{i}", _expressions.OneOf(ScalarType.All), _random.Next(4) == 0);
        StructShape? inner = _shapes.Count > 0 && _random.Next(2) == 0 ? _expressions.OneOf(_shapes) : null;
        var shape = new StructShape(name, fields, inner);
        Node declarations = Node.Lines(
        [
            .. fields.Select(f => new Node($"public {f.Type.Name} {f.Name}{(f.IsProperty ? " { get; set; }" : ";")}")),
            .. inner is null ? Array.Empty<Node>() : [new Node($"public {inner.Name} Inner;")],
            new Node($"public {name}({Node.List([.. fields.Select(f => new Node($"{f.Type.Name} {Lower(f.Name)}"))])})\n{{\n{Node.Lines([.. fields.Select(f => new Node($"{f.Name} = {Lower(f.Name)};"))])}}}"),
        ]);
        var own = new Scope();
        foreach ((string field, ScalarType type, bool isProperty) in fields)
            own.Places.Add(new(type, true, !isProperty, _ => new Node($"{field}", type)));
        if (inner is not null)
            own.Add("Inner", inner);
        var readOnly = new Scope();
        foreach ((string field, ScalarType type, _) in fields)
            readOnly.Add(field, type, isWritable: false);
        var methods = new List<Node>();
        for (int i = 0; i < 2; i++)
        {
            methods.Add(Function("public", $"Change{i}", own, out RandomFunction changing));
            methods.Add(Function("public readonly", $"Get{i}", readOnly, out RandomFunction reading));
            shape.Methods.Add((changing, true));
            shape.Methods.Add((reading, false));
        }

        Node sum = Operator($"{name} operator +({name} a, {name} b)", shape, "a", "b"), negation = Operator($"{name} operator -({name} a)", shape, "a");
        _shapes.Add(shape);
        return new($"struct {name}\n{{\n{declarations}{Node.Lines(methods)}{sum}\n{negation}\n}}\n", isOptional: true);
    }

    private static string Lower(string name) => name.ToLowerInvariant();

    private Node Operator(string head, StructShape shape, params string[] operands)
    {
        var scope = new Scope();
        foreach (string operand in operands)
            scope.Add(operand, shape);
        _expressions.Begin(20);
        return new($"public static {head} => unchecked(new {shape.Name}({Node.List([.. shape.Fields.Select(f => _expressions.MakeFor(f.Type, scope, 3))])}));", isOptional: true);
    }

    /// <summary>A function of random parameters with a random body. What it sees besides is in the scope, which is left as it was.</summary>
    private Node Function(string modifiers, string name, Scope outer, out RandomFunction function)
    {
        _expressions.Begin(60);
        ScalarType result = _expressions.OneOf(ScalarType.All);
        var parameters = new RandomParameter[_random.Next(1, 4)];
        var scope = new Scope(outer);
        for (int i = 0; i < parameters.Length; i++)
            parameters[i] = new($"p{i}", _expressions.OneOf(ScalarType.All), _expressions.OneOf<string>(["", "", "ref", "out", "in"]));
        foreach (RandomParameter parameter in parameters.Where(p => p.Modifier != "out"))
            scope.Add(parameter.Name, parameter.Type, parameter.Modifier != "in");
        Node list = Node.List([.. parameters.Select(p => new Node($"{p.Modifier} {p.Type.Name} {p.Name}"))]);
        bool isShort = _random.Next(3) == 0 && parameters.All(p => p.Modifier != "out");
        Node text;
        if (isShort)
        {
            text = new($"{modifiers} {result.Name} {name}({list}) => unchecked({_expressions.Make(result, scope, 5)});\n", isOptional: true);
        }
        else
        {
            var first = new List<Node>();
            foreach (RandomParameter parameter in parameters.Where(p => p.Modifier == "out"))
            {
                first.Add(new($"{parameter.Name} = {_expressions.MakeFor(parameter.Type, scope, 2)};"));
                scope.Add(parameter.Name, parameter.Type);
            }

            Node body = _statements.Body(scope, result, _random.Next(1, 4));
            text = new($"{modifiers} {result.Name} {name}({list})\n{{\nunchecked\n{{\n{Node.Lines(first)}{body}return {_expressions.MakeFor(result, scope, 4)};\n}}\n}}\n", isOptional: true);
        }

        function = new(name, result, parameters, _expressions.Cost + 1);
        return text;
    }

    private RandomCase Case(string name)
    {
        _expressions.Begin(120);
        ScalarType[] types = [.. Enumerable.Range(0, _random.Next(4, 9)).Select(_ => _expressions.OneOf(ScalarType.All))];
        var scope = new Scope();
        for (int i = 0; i < types.Length; i++)
            scope.Add($"p{i}", types[i]);
        Node parameters = Node.List([.. types.Select((t, i) => new Node($"{t.Name} p{i}"))]);
        Node body = _statements.Body(scope, ScalarType.ULong, _random.Next(3, 7));
        // All that is left at the end counts.
        Node sums = Node.Lines([.. scope.Places.Select(p => new Node($"sum = Bits.Mix(sum, Bits.Of({p.Text(0)}));", isOptional: true))]);
        Node arguments = Node.List([.. types.Select((t, i) => new Node($"x{t.Name}[2 * i + {i & 1}]"))]);
        return new(new($"static ulong {name}({parameters})\n{{\nunchecked\n{{\n{body}ulong sum = 0;\n{sums}return sum;\n}}\n}}\n"), new($"{name}({arguments})"));
    }
}
