using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <summary>One step of an evaluation: what is translated, and the type of a variable that can hold it.</summary>
internal sealed class Part
{
    internal Part(Func<Value> translate, Func<Value, string> typeText, bool isRepeated = false)
    {
        Translate = translate;
        TypeText = typeText;
        IsRepeated = isRepeated;
    }

    internal Func<Value> Translate { get; }

    internal Func<Value, string> TypeText { get; }

    /// <summary>Whether the text is used more than once, so that it has to be short and without effect.</summary>
    internal bool IsRepeated { get; }
}

/// <summary>Something that is put together from parts which are evaluated in the order of C#.</summary>
internal sealed class Operand
{
    internal Operand(IReadOnlyList<Part> parts, Func<Value[], Value> compose)
    {
        Parts = parts;
        Compose = compose;
    }

    internal IReadOnlyList<Part> Parts { get; }

    internal Func<Value[], Value> Compose { get; }

    /// <summary>A value that has been evaluated already.</summary>
    internal static Operand Ready(Value value) => new([], _ => value);

    internal static Operand Of(Part part) => new([part], values => values[0]);
}

/// <summary>A variable, field or element: where it is takes parts to find out, and then it can be read, written or pointed to.</summary>
internal sealed class Place
{
    private readonly Func<Value[], Space> _space;

    internal Place(IReadOnlyList<Part> parts, Func<Value[], Value> compose, Func<Value[], Space> space, bool isExternal, bool isReadOnly = false)
    {
        Parts = parts;
        Compose = compose;
        _space = space;
        IsExternal = isExternal;
        IsReadOnly = isReadOnly;
    }

    internal IReadOnlyList<Part> Parts { get; }

    /// <summary>The expression of C that stands for the place.</summary>
    internal Func<Value[], Value> Compose { get; }

    /// <summary>Whether callers of the function can see the place.</summary>
    internal bool IsExternal { get; }

    /// <summary>Whether C# copies the place before a method that may change it is called on it.</summary>
    internal bool IsReadOnly { get; }

    /// <summary>A variable that takes no evaluation to find.</summary>
    internal static Place Of(Func<Value> variable, Space space = Space.Private, bool isExternal = false, bool isReadOnly = false) =>
        new([], _ => variable(), _ => space, isExternal, isReadOnly);

    internal Operand Address() => new(Parts, values => C.AddressOf(Compose(values)).In(_space(values), isOwn: !IsExternal));

    internal Place Member(string name, Func<Value, Value> finish, bool isReadOnly) =>
        new(Parts, values => finish(C.Member(Compose(values), name)), _space, IsExternal, IsReadOnly || isReadOnly);
}

/// <summary>A method to be called: with its type arguments, seen from where it is called.</summary>
internal sealed class Callee
{
    internal Callee(IMethodSymbol method, TypeSubstitution types, string key, string name)
    {
        Method = method;
        Types = types;
        Key = key;
        Name = name;
    }

    internal IMethodSymbol Method { get; }

    internal TypeSubstitution Types { get; }

    internal string Key { get; }

    internal string Name { get; }
}

/// <summary>The address spaces of what a function is passed; null for plain values.</summary>
internal sealed class CallShape
{
    internal CallShape(Space? instance, IReadOnlyList<Space?> parameters)
    {
        Instance = instance;
        Parameters = parameters;
    }

    internal Space? Instance { get; }

    internal IReadOnlyList<Space?> Parameters { get; }

    internal string Key => string.Concat(Parameters.Prepend(Instance).Select(s => s is { } space ? space.Letter() : '-'));

    /// <summary>Spaces other than the usual ones, in names: references to private memory, views of device memory.</summary>
    internal string Suffix(Func<int, bool> isView)
    {
        bool usual = Instance is null or Space.Private && Parameters.Select((s, i) => s is null || s == (isView(i) ? Space.Global : Space.Private)).All(u => u);
        return usual ? string.Empty : "_" + Key.Replace("-", string.Empty);
    }
}
