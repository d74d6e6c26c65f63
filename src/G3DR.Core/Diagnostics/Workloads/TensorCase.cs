using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics.Workloads;

/// <summary>Inputs and results of one run of a <see cref="TensorWorkload"/>, for one variant: it keeps the recorded forward pass of that variant.</summary>
internal sealed class TensorCase : KernelCase
{
    private const ulong CotangentSeed = 11;

    private readonly List<Tensor> _inputs = [];
    private readonly List<Tensor> _cotangents = [];
    private IReadOnlyList<Tensor> _recorded = [];
    private IReadOnlyList<Tensor> _results = [];

    public TensorCase(Accelerator device, WorkloadSize size, IReadOnlyList<TensorInput> inputs, DType dtype = DType.Float32)
        : base(device, size, [.. inputs.Select(input => input.Values)])
    {
        Given = inputs;
        foreach (TensorInput input in inputs)
        {
            Tensor tensor = Typed(Tensor.FromArray(device, input.Values, input.Shape), dtype);
            tensor.RequiresGrad = input.HasGradient;
            _inputs.Add(tensor);
        }
    }

    /// <summary>What the tensors were made from.</summary>
    public IReadOnlyList<TensorInput> Given { get; }

    /// <summary>The inputs as tensors.</summary>
    public IReadOnlyList<Tensor> Tensors => _inputs;

    /// <summary>Results of the last run.</summary>
    public IReadOnlyList<Tensor> Results
    {
        get => _results;
        set
        {
            DisposeAll(_results);
            _results = value;
        }
    }

    public override int OutputCount => _results.Count;

    public override float[] ReadOutput(int i) => _results[i].ToSingles();

    /// <summary>Runs <paramref name="compute"/> without recording.</summary>
    public void RunForward(TensorComputation compute)
    {
        using IDisposable constant = Device.NoGrad();
        Results = Compute(compute);
    }

    /// <summary>The gradients of all inputs that have one, for random cotangents. The forward pass is recorded once, at the first call.</summary>
    public void RunBackward(TensorComputation compute)
    {
        if (_recorded.Count == 0)
        {
            // Outputs without a gradient, such as sample distances, take no cotangent.
            _recorded = [.. Compute(compute).Where(output => output.RequiresGrad)];
            foreach (Tensor output in _recorded)
            {
                float[] values = Draw(output.Length, (-1, 1), CotangentSeed, (uint)_cotangents.Count);
                _cotangents.Add(Typed(Tensor.FromArray(Device, values, output.Shape), output.DType));
            }
        }

        Results = Autograd.Gradients(_recorded, _cotangents, [.. _inputs.Where(input => input.RequiresGrad)], retainGraph: true);
    }

    protected override void Dispose(bool disposing)
    {
        DisposeAll(_results);
        DisposeAll(_recorded);
        DisposeAll(_cotangents);
        DisposeAll(_inputs);
        base.Dispose(disposing);
    }

    private IReadOnlyList<Tensor> Compute(TensorComputation compute)
    {
        using var scope = TensorScope.Begin(Device);
        IReadOnlyList<Tensor> outputs = compute(_inputs, Size);
        foreach (Tensor output in outputs)
        {
            scope.Keep(output);
        }

        return outputs;
    }

    private static Tensor Typed(Tensor tensor, DType dtype)
    {
        if (tensor.DType == dtype)
        {
            return tensor;
        }

        using (tensor)
        {
            return tensor.ToType(dtype);
        }
    }

    private static void DisposeAll(IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}

/// <summary>An input of a <see cref="TensorWorkload"/>.</summary>
/// <param name="Values">Values, row-major.</param>
/// <param name="Shape">Shape.</param>
/// <param name="HasGradient">Whether the backward pass asks for its gradient.</param>
internal sealed record TensorInput(float[] Values, Shape Shape, bool HasGradient = false);

/// <summary>From inputs to outputs, in the element type of the inputs. What else it makes is disposed by the caller's scope.</summary>
internal delegate IReadOnlyList<Tensor> TensorComputation(IReadOnlyList<Tensor> inputs, WorkloadSize size);
