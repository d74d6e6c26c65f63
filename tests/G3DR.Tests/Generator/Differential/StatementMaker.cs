using System.Globalization;

namespace G3DR.Tests.Generator.Differential;

/// <summary>Makes random statements. All loops end: their counters are not written by their bodies.</summary>
/// <param name="random">Source of all choices.</param>
/// <param name="expressions">Maker of the expressions in them.</param>
/// <param name="shapes">Structs that can be used.</param>
internal sealed class StatementMaker(Random random, ExpressionMaker expressions, IReadOnlyList<StructShape> shapes)
{
    private const int Depth = 4;

    private bool _inLoop;
    private ScalarType _result = ScalarType.Int;

    /// <summary>The statements of a function, without the last return.</summary>
    /// <param name="scope">What is visible in it; what it declares at the top is added.</param>
    /// <param name="result">What it returns.</param>
    /// <param name="count">How many statements.</param>
    internal Node Body(Scope scope, ScalarType result, int count)
    {
        _result = result;
        _inLoop = false;
        var statements = new List<Node>();
        if (random.Next(3) == 0)
            statements.Add(DeclareArray(scope));
        if (shapes.Count > 0 && random.Next(2) == 0)
            statements.Add(DeclareStruct(scope));
        for (int i = 0; i < count; i++)
            statements.Add(Statement(scope, Depth, level: 0));
        return Node.Lines(statements);
    }

    private static Node Optional(FormattableString text) => new(text, isOptional: true);

    private Node Block(Scope outer, int depth, int level)
    {
        var scope = new Scope(outer);
        return Node.Lines([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Statement(scope, depth, level))]);
    }

    private Node Statement(Scope scope, int depth, int level)
    {
        int choice = random.Next(level >= 3 || expressions.Budget < 0 ? 8 : 20);
        return choice switch
        {
            < 3 => Declare(scope, depth),
            < 7 => Effect(scope, depth),
            7 when _inLoop => Optional($"if ({expressions.Make(ScalarType.Bool, scope, depth)}) {expressions.OneOf<string>(["break", "continue"])};"),
            7 => Optional($"if ({expressions.Make(ScalarType.Bool, scope, 2)} && {expressions.Make(ScalarType.Bool, scope, 2)}) return {expressions.MakeFor(_result, scope, depth)};"),
            < 11 => Optional($"if ({expressions.Make(ScalarType.Bool, scope, depth)})\n{{\n{Block(scope, depth, level + 1)}}}\n{Else(scope, depth, level)}"),
            < 13 => SwitchStatement(scope, depth, level),
            < 14 => Optional($"{{\n{Block(scope, depth, level + 1)}}}"),
            < 17 => For(scope, depth, level),
            _ => While(scope, depth, level),
        };
    }

    private Node Else(Scope scope, int depth, int level) => random.Next(3) switch
    {
        0 => Optional($""),
        1 => Optional($"else if ({expressions.Make(ScalarType.Bool, scope, depth)})\n{{\n{Block(scope, depth, level + 1)}}}"),
        _ => Optional($"else\n{{\n{Block(scope, depth, level + 1)}}}"),
    };

    private Node Declare(Scope scope, int depth)
    {
        ScalarType type = expressions.OneOf(ScalarType.All);
        Node value = expressions.MakeFor(type, scope, depth);
        string name = scope.NewName();
        scope.Add(name, type);
        return Optional($"{type.Name} {name} = {value};");
    }

    private Node DeclareArray(Scope scope)
    {
        ScalarType type = expressions.OneOf(ScalarType.All);
        string name = scope.NewName();
        int length = expressions.OneOf<int>([1, 2, 4, 8]);
        string mask = (length - 1).ToString(CultureInfo.InvariantCulture);
        Node declaration = random.Next(2) == 0
            ? Optional($"Span<{type.Name}> {name} = stackalloc {type.Name}[{length}];")
            : Optional($"Span<{type.Name}> {name} = stackalloc {type.Name}[] {{ {Node.List([.. Enumerable.Range(0, length).Select(_ => expressions.MakeFor(type, scope, 2))])} }};");
        scope.Places.Add(new(type, true, true, depth => new Node($"{name}[{expressions.Make(ScalarType.Int, scope, depth)} & {mask}]", type)));
        return declaration;
    }

    private Node DeclareStruct(Scope scope)
    {
        StructShape shape = expressions.OneOf(shapes);
        Node value = expressions.MakeStruct(shape, scope, 2);
        string name = scope.NewName();
        scope.Add(name, shape);
        return Optional($"{shape.Name} {name} = {value};");
    }

    private Node Effect(Scope scope, int depth)
    {
        StructVariable[] structs = [.. scope.AllStructs.Where(s => s.IsWritable)];
        if (structs.Length > 0 && random.Next(5) == 0)
        {
            StructVariable variable = expressions.OneOf(structs);
            return Optional($"{variable.Name} = {expressions.MakeStruct(variable.Shape, scope, 3)};");
        }

        return expressions.Change(null, scope, depth) is { } change ? Optional($"{change};") : Declare(scope, depth);
    }

    private Node SwitchStatement(Scope scope, int depth, int level)
    {
        ScalarType type = expressions.OneOf(ScalarType.Integers);
        Node value = type.Size < 4 || random.Next(2) == 0 ? expressions.Make(type, scope, depth) : new Node($"({expressions.Make(type, scope, depth)} & 3)", type);
        int first = type.IsSigned ? random.Next(-2, 2) : random.Next(2);
        Node guard = random.Next(3) == 0 ? new Node($" when {expressions.Make(ScalarType.Bool, scope, depth)}") : new Node($"");
        Node[] sections =
        [
            Optional($"case {first}{guard}:\n{{\n{Block(scope, depth, level + 1)}}}\nbreak;"),
            Optional($"case {first + 1}:\ncase {first + 3}:\n{{\n{Block(scope, depth, level + 1)}}}\n{(_inLoop ? expressions.OneOf<string>(["break", "continue"]) : "break")};"),
            Optional($"default:\n{{\n{Block(scope, depth, level + 1)}}}\nbreak;"),
        ];
        random.Shuffle(sections);
        return Optional($"switch ({value})\n{{\n{Node.Lines(sections)}}}");
    }

    private Node For(Scope outer, int depth, int level)
    {
        var scope = new Scope(outer);
        string k = scope.NewName();
        int count = random.Next(1, 5);
        ScalarType type = expressions.OneOf(ScalarType.Integers);
        scope.Add(k, type, isWritable: false);
        return Repeated(count + 1, () =>
        {
            Node also = random.Next(3) == 0 && expressions.Change(null, outer, 2) is { } change ? new Node($", {change}") : new Node($"");
            (Node head, Node test, Node step) = random.Next(4) switch
            {
                0 => (new Node($"{type.Name} {k} = {count}"), new Node($"{k} > 0"), new Node($"{k}--{also}")),
                1 => (new($"{type.Name} {k} = 0"), new($"{k} < {count} && {expressions.Make(ScalarType.Bool, outer, depth)}"), new($"{k}++{also}")),
                2 => (new($"{type.Name} {k} = 1"), new($"{k} <= {count}"), new($"{k} += 1{also}")),
                _ => (new($"{type.Name} {k} = 0"), new($"{k} < {count}"), new($"++{k}{also}")),
            };
            return Optional($"for ({head}; {test}; {step})\n{{\n{Block(scope, depth, level + 1)}}}");
        });
    }

    private Node While(Scope outer, int depth, int level)
    {
        var scope = new Scope(outer);
        string fuel = scope.NewName();
        int count = random.Next(1, 5);
        scope.Add(fuel, ScalarType.Int, isWritable: false);
        return Repeated(count + 1, () =>
        {
            Node test = expressions.Make(ScalarType.Bool, scope, depth), body = Block(scope, depth, level + 1);
            return random.Next(2) == 0
                ? Optional($"{{\nint {fuel} = {count};\nwhile ({fuel}-- > 0 && {test})\n{{\n{body}}}\n}}")
                : Optional($"{{\nint {fuel} = {count};\ndo\n{{\n{body}}}\nwhile (--{fuel} > 0 && {test});\n}}");
        });
    }

    private Node Repeated(int times, Func<Node> make)
    {
        bool wasInLoop = _inLoop;
        _inLoop = true;
        expressions.Repeats *= times;
        Node loop = make();
        expressions.Repeats /= times;
        _inLoop = wasInLoop;
        return loop;
    }
}
