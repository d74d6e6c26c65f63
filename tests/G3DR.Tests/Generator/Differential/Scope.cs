namespace G3DR.Tests.Generator.Differential;

/// <summary>Something that can be read, and perhaps written, in an expression.</summary>
/// <param name="Type">Type of its value.</param>
/// <param name="IsWritable">Whether it can stand to the left of an assignment.</param>
/// <param name="IsVariable">Whether it can be passed by <c>ref</c>.</param>
/// <param name="Text">Its text, made anew at each use; the number bounds how deep.</param>
internal sealed record Place(ScalarType Type, bool IsWritable, bool IsVariable, Func<int, Node> Text);

/// <summary>A variable that holds a struct.</summary>
internal sealed record StructVariable(string Name, StructShape Shape, bool IsWritable);

/// <summary>What a function can be called with.</summary>
internal sealed record RandomParameter(string Name, ScalarType Type, string Modifier);

/// <summary>A function that has been made already.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Result">Type of its result.</param>
/// <param name="Parameters">Its parameters in order.</param>
/// <param name="Cost">Roughly how many operations a call takes.</param>
internal sealed record RandomFunction(string Name, ScalarType Result, RandomParameter[] Parameters, long Cost);

/// <summary>A struct that has been made already.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fields">Its fields and properties, which its constructor takes in this order.</param>
/// <param name="Inner">The struct in its field <c>Inner</c>, if it has one.</param>
internal sealed record StructShape(string Name, (string Name, ScalarType Type, bool IsProperty)[] Fields, StructShape? Inner)
{
    /// <summary>Methods that may change the struct, and such that may not.</summary>
    internal List<(RandomFunction Function, bool Changes)> Methods { get; } = [];
}

/// <summary>What is visible at a place of a program.</summary>
internal sealed class Scope
{
    private readonly Scope? _outer;
    private readonly string _prefix;
    private int _count;

    internal Scope(Scope? outer = null, string prefix = "v")
    {
        _outer = outer;
        // Blocks side by side use the same names, as programs do; blocks within each other must not.
        _prefix = outer is null ? prefix : outer._prefix + "v";
    }

    internal List<Place> Places { get; } = [];

    internal List<StructVariable> Structs { get; } = [];

    internal IEnumerable<Place> AllPlaces => _outer is null ? Places : _outer.AllPlaces.Concat(Places);

    internal IEnumerable<StructVariable> AllStructs => _outer is null ? Structs : _outer.AllStructs.Concat(Structs);

    internal string NewName() => _prefix + _count++.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Makes a variable of a number visible.</summary>
    internal void Add(string name, ScalarType type, bool isWritable = true) =>
        Places.Add(new(type, isWritable, isWritable, _ => new Node($"{name}", type)));

    /// <summary>Makes a variable of a struct visible, with its fields.</summary>
    internal void Add(string name, StructShape shape, bool isWritable = true)
    {
        Structs.Add(new(name, shape, isWritable));
        foreach ((string field, ScalarType type, bool isProperty) in shape.Fields)
            Places.Add(new(type, isWritable, isWritable && !isProperty, _ => new Node($"{name}.{field}", type)));
        if (shape.Inner is { } inner)
            Add(name + ".Inner", inner, isWritable);
    }
}
