using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>Follows a shape through a network without computing anything, and counts: what <see cref="Layer.Trace"/> writes to.</summary>
public sealed class ModelTrace
{
    private readonly List<ModelReportRow> _rows = [];
    private readonly Stack<Frame> _open = new();

    internal ModelTrace()
    {
    }

    internal IReadOnlyList<ModelReportRow> Rows => _rows;

    /// <summary>Counts products that are added up, two floating-point operations each, for the module that is being traced.</summary>
    /// <param name="multiplyAdds">Number of multiplications.</param>
    public void AddProducts(long multiplyAdds)
    {
        Frame frame = _open.Pop();
        _open.Push(frame with { Flops = checked(frame.Flops + (2 * multiplyAdds)) });
    }

    /// <summary>Counts the products of a convolution, by its definition.</summary>
    /// <param name="sizes">Sizes of the convolution.</param>
    public void AddProducts(ConvolutionShape sizes) =>
        AddProducts(checked(sizes.OutputPixels * sizes.OutputChannels * sizes.GroupInputChannels * sizes.Taps));

    /// <summary>Follows a shape through a part of the module that is being traced.</summary>
    /// <param name="child">The part.</param>
    /// <param name="input">Shape of its input.</param>
    /// <returns>Shape of its output.</returns>
    public Shape Run(Layer child, Shape input) => Run(child, () => child.Trace(this, input));

    /// <summary>Follows a shape through a part that takes more than one tensor.</summary>
    /// <param name="child">The part.</param>
    /// <param name="trace">Traces it.</param>
    /// <returns>Shape of its output.</returns>
    public Shape Run(Module child, Func<Shape> trace)
    {
        string name = NameOf(child);
        int row = _rows.Count;
        _rows.Add(new(name, child.GetType().Name, _open.Count, child.ParameterCount, 0, []));
        _open.Push(new(child, name, 0));
        Shape output = trace();
        Frame frame = _open.Pop();
        _rows[row] = _rows[row] with { Flops = frame.Flops, Output = output };
        if (_open.TryPop(out Frame outer))
        {
            _open.Push(outer with { Flops = checked(outer.Flops + frame.Flops) });
        }

        return output;
    }

    private string NameOf(Module child)
    {
        if (!_open.TryPeek(out Frame parent))
        {
            return string.Empty;
        }

        string name = parent.Module.Children.First(entry => entry.Value == child).Key;
        return parent.Name.Length == 0 || name.Length == 0 ? parent.Name + name : $"{parent.Name}.{name}";
    }

    private readonly record struct Frame(Module Module, string Name, long Flops);
}
