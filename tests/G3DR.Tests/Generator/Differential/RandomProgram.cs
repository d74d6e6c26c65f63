using System.Globalization;

namespace G3DR.Tests.Generator.Differential;

/// <summary>C# source of several kernels, each of which writes the results of several functions with random bodies.</summary>
internal sealed class RandomProgram
{
    /// <summary>Kernels of a program.</summary>
    internal const int Kernels = 4;

    /// <summary>Functions whose results a kernel writes.</summary>
    internal const int CasesPerKernel = 6;

    private readonly Node _text;
    private readonly int _seed;

    private RandomProgram(int seed, Node text, bool isOriginal)
    {
        _seed = seed;
        _text = text;
        IsOriginal = isOriginal;
    }

    /// <summary>Whether nothing was left out; smaller ones need not compile.</summary>
    internal bool IsOriginal { get; }

    /// <summary>The program with this number; always the same.</summary>
    internal static RandomProgram Create(int seed) => new(seed, new ProgramMaker(new Random(seed)).Make(Kernels, CasesPerKernel), isOriginal: true);

    /// <summary>Programs with less in them, for the search of the shortest that still fails.</summary>
    internal IEnumerable<RandomProgram> Smaller() => _text.Smaller().Select(t => new RandomProgram(_seed, t, isOriginal: false));

    /// <summary>The source text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"// RandomProgram.Create({_seed})\n{_text}");
}

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

    internal Node Make(int kernels, int casesPerKernel)
    {
        var types = new List<Node>();
        var members = new List<Node>();
        for (int kernel = 0; kernel < kernels; kernel++)
        {
            if (kernel < 3)
                types.Add(Struct($"S{kernel}"));
            for (int i = 0; i < 3; i++)
                members.Add(Function("static", $"F{kernel}{i}", new Scope(), out RandomFunction function, f => _functions.Add(f)));
            members.Add(Kernel(kernel, casesPerKernel));
        }

        return new($"{Prelude}\n{Node.Lines(types)}\nstatic class Kernels\n{{\n{Node.Lines(members)}}}\n");
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
            methods.Add(Function("public", $"Change{i}", own, out RandomFunction changing, _ => { }));
            methods.Add(Function("public readonly", $"Get{i}", readOnly, out RandomFunction reading, _ => { }));
            shape.Methods.Add((changing, true));
            shape.Methods.Add((reading, false));
        }

        Node sum = Operator($"{name} operator +({name} a, {name} b)", shape, "a", "b"), negation = Operator($"{name} operator -({name} a)", shape, "a");
        _shapes.Add(shape);
        return new($"struct {name}\n{{\n{declarations}{Node.Lines(methods)}{sum}\n{negation}\n}}\n");
    }

    private static string Lower(string name) => name.ToLowerInvariant();

    private Node Operator(string head, StructShape shape, params string[] operands)
    {
        var scope = new Scope();
        foreach (string operand in operands)
            scope.Add(operand, shape);
        _expressions.Begin(20);
        return new($"public static {head} => unchecked(new {shape.Name}({Node.List([.. shape.Fields.Select(f => _expressions.MakeFor(f.Type, scope, 3))])}));");
    }

    /// <summary>A function of random parameters with a random body. What it sees besides is in the scope, which is left as it was.</summary>
    private Node Function(string modifiers, string name, Scope outer, out RandomFunction function, Action<RandomFunction> add)
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
            text = new($"{modifiers} {result.Name} {name}({list}) => unchecked({_expressions.Make(result, scope, 5)});\n");
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
            text = new($"{modifiers} {result.Name} {name}({list})\n{{\nunchecked\n{{\n{Node.Lines(first)}{body}return {_expressions.MakeFor(result, scope, 4)};\n}}\n}}\n");
        }

        function = new(name, result, parameters, _expressions.Cost + 1);
        add(function);
        return text;
    }

    private Node Kernel(int number, int cases)
    {
        var texts = new List<Node>();
        var calls = new List<Node>();
        for (int i = 0; i < cases; i++)
        {
            string name = $"Case{number}{i}";
            ScalarType[] types = [.. Enumerable.Range(0, _random.Next(2, 6)).Select(_ => _expressions.OneOf(ScalarType.All))];
            texts.Add(Case(name, types));
            Node arguments = Node.List([.. types.Select((t, p) => new Node($"x{t.Name}[2 * i + {p & 1}]"))]);
            calls.Add(new($"results[{KernelInputs.ResultsPerItem} * i + {i}] = {name}({arguments});", isOptional: true));
        }

        return new($"{Node.Lines(texts)}[Kernel]\npublic static void K{number}({KernelInputs.Parameters})\n{{\n{Node.Lines(calls)}}}\n");
    }

    private Node Case(string name, ScalarType[] types)
    {
        _expressions.Begin(150);
        var scope = new Scope();
        for (int i = 0; i < types.Length; i++)
            scope.Add($"p{i}", types[i]);
        Node parameters = Node.List([.. types.Select((t, i) => new Node($"{t.Name} p{i}"))]);
        Node body = _statements.Body(scope, ScalarType.ULong, _random.Next(3, 7));
        // All that is left at the end counts.
        Node sums = Node.Lines([.. scope.Places.Select(p => new Node($"sum = Bits.Mix(sum, Bits.Of({p.Text(0)}));", isOptional: true))]);
        return new($"static ulong {name}({parameters})\n{{\nunchecked\n{{\n{body}ulong sum = 0;\n{sums}return sum;\n}}\n}}\n", isOptional: true);
    }
}
