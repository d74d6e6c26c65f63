using System.Globalization;
using Microsoft.CodeAnalysis;

namespace G3DR.Compute.Generator.OpenCl;

/// <content>The kernel itself: arguments as the runtime passes them, the index, then the body.</content>
internal sealed partial class FunctionTranslator
{
    private static readonly string[] ViewSizes = ["width", "height", "depth"];

    /// <summary>Translates a kernel to the function that a device starts.</summary>
    internal void TranslateKernel()
    {
        IReadOnlyList<IOperation> body = FindBody();
        Prepare(body);
        bool isGroup = _shared.Symbols.IsGroupKernel(_method);
        IParameterSymbol[] arguments = [.. _method.Parameters.Skip(isGroup ? 0 : 1)];
        var parameters = new List<string>();
        CodeBuffer text = Capture(() =>
        {
            CodeBuffer unpacking = Capture(() =>
            {
                foreach (IParameterSymbol argument in arguments)
                    parameters.Add(Unpack(argument));
            });
            if (!isGroup)
                parameters.Add(FindIndex(_method.Parameters[0]));
            _code.Append(unpacking);
            TranslateBody(body);
        });
        var all = new CodeBuffer();
        foreach (string array in _sharedArrays)
            all.Line(array);
        all.Append(text);
        string size = isGroup ? $" __attribute__((reqd_work_group_size({GroupSize()})))" : string.Empty;
        _unit.Text = $"__kernel{size} void {_unit.Name}(\n    {string.Join(",\n    ", parameters)})\n{{\n{Indent(all)}}}\n";
    }

    private string GroupSize()
    {
        AttributeData mark = _shared.Symbols.GroupKernelOf(_method)!;
        int[] sizes = [.. mark.ConstructorArguments.Select(a => a.Value is int size ? size : 1).Concat([1, 1, 1]).Take(3)];
        return string.Join(", ", sizes.Select(s => s.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The parameters of C for one of C#; a view comes in pieces and is put together first.</summary>
    private string Unpack(IParameterSymbol parameter)
    {
        ITypeSymbol type = Apply(parameter.Type);
        string name = _names.Of(parameter);
        int rank = _shared.Symbols.ViewRank(type);
        if (rank == 0 && type.SpecialType == SpecialType.System_Boolean)
        {
            string value = _names.Fresh(name + "_value");
            _code.Line($"{(_addressed.Contains(parameter) ? "uchar" : "bool")} {name} = {value} != 0;");
            return $"uchar {value}";
        }

        if (rank == 0)
            return $"{Memory(type)} {name}";
        _spaces[parameter] = Space.Global;
        string data = _names.Fresh(name + "_data"), offset = _names.Fresh(name + "_offset"), length = _names.Fresh(name + "_length");
        string[] sizes = [.. ViewSizes.Take(rank == 1 ? 0 : rank).Select(s => _names.Fresh(name + "_" + s))];
        string fields = string.Concat(sizes.Select(s => ", " + s));
        _code.Line($"{Variable(type)} {name} = {{ {data} + {offset}, {length}{fields} }};");
        string element = Memory(((INamedTypeSymbol)type).TypeArguments[0]);
        return $"__global {element}* {data}, long {offset}, long {length}" + string.Concat(sizes.Select(s => ", int " + s));
    }

    private string FindIndex(IParameterSymbol index)
    {
        string name = _names.Of(index);
        string[] axes = index.Type.Name switch
        {
            "Index1D" => ["X"],
            "Index2D" => ["X", "Y"],
            _ => ["X", "Y", "Z"],
        };
        string[] extents = [.. axes.Select(a => _names.Fresh("e" + a.ToLowerInvariant()))];
        string[] ids = [.. axes.Select((a, i) => $"(int)get_global_id({i})")];
        _code.Line(axes.Length == 1
            ? $"{Variable(index.Type)} {name} = {ids[0]};"
            : $"{Variable(index.Type)} {name} = {{ {string.Join(", ", ids)} }};");
        IEnumerable<string> tests = axes.Select((a, i) => (axes.Length == 1 ? name : $"{name}.{a}") + " >= " + extents[i]);
        // The number of items is rounded up to whole groups.
        _code.Line($"if ({string.Join(" || ", tests)})");
        _code.Depth++;
        _code.Line("return;");
        _code.Depth--;
        return string.Join(", ", extents.Select(e => "int " + e));
    }
}
