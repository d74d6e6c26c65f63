using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Makes the parameters of new modules: random by PyTorch's defaults, or with undefined elements where they will be loaded anyway. Each random tensor draws from a
/// stream of its own, in the order in which modules are made: the same seed gives the same network on every device.
/// </summary>
public sealed class Initializer
{
    private readonly bool _empty;
    private readonly ulong _seed;
    private uint _stream;

    // What was made for the module that is being built.
    private List<Tensor>? _building;

    private Initializer(Accelerator device, DType dtype, ulong seed, bool empty) => (Accelerator, DType, _seed, _empty) = (device, dtype, seed, empty);

    /// <summary>Device of the parameters.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Element type of the parameters.</summary>
    public DType DType { get; }

    /// <summary>Random parameters.</summary>
    /// <param name="device">Device of the parameters.</param>
    /// <param name="seed">Seed of all numbers.</param>
    /// <param name="dtype">Element type.</param>
    public static Initializer Random(Accelerator device, ulong seed = 0, DType dtype = DType.Float32) => new(device, dtype, seed, empty: false);

    /// <summary>Parameters with undefined elements, for networks that are loaded next: nothing is computed twice.</summary>
    /// <param name="device">Device of the parameters.</param>
    /// <param name="dtype">Element type.</param>
    public static Initializer Empty(Accelerator device, DType dtype = DType.Float32) => new(device, dtype, seed: 0, empty: true);

    /// <summary>Makes a module or nothing: if its constructor throws, as it does where memory ends, the parameters that it has made by then are disposed.</summary>
    /// <typeparam name="T">Kind of module.</typeparam>
    /// <param name="create">Makes the module with this initializer.</param>
    public T Build<T>(Func<Initializer, T> create)
        where T : Module
    {
        ArgumentNullException.ThrowIfNull(create);
        List<Tensor>? outer = _building;
        List<Tensor> made = [];
        _building = made;
        try
        {
            T module = create(this);
            outer?.AddRange(made);
            return module;
        }
        catch
        {
            made.ForEach(tensor => tensor.Dispose());
            throw;
        }
        finally
        {
            _building = outer;
        }
    }

    /// <summary>
    /// Weights and biases of linear layers and convolutions: uniform in +-1 / sqrt(fan-in), which is He et al.'s rule (ICCV 2015) for leaky units of slope sqrt(5).
    /// </summary>
    /// <param name="shape">Shape of the parameter.</param>
    /// <param name="fanIn">Inputs of one output.</param>
    public Tensor FanIn(Shape shape, int fanIn)
    {
        double bound = 1 / Math.Sqrt(fanIn);
        return Make(shape, () =>
        {
            using Tensor uniform = Tensor.Uniform(Accelerator, shape, _seed, _stream++, DType);
            return uniform.Affine(2 * bound, -bound);
        });
    }

    /// <summary>Standard normal numbers.</summary>
    /// <param name="shape">Shape of the parameter.</param>
    public Tensor Normal(Shape shape) => Make(shape, () => Tensor.Normal(Accelerator, shape, _seed, _stream++, DType));

    /// <summary>One number everywhere.</summary>
    /// <param name="shape">Shape of the parameter.</param>
    /// <param name="value">The number.</param>
    public Tensor Constant(Shape shape, double value) => Make(shape, () => Tensor.Full(Accelerator, shape, value, DType));

    /// <summary>A tensor that is not trained, with one number everywhere.</summary>
    /// <inheritdoc cref="Constant"/>
    public Tensor Buffer(Shape shape, double value)
    {
        // Also where parameters stay undefined: some checkpoints leave buffers out.
        Tensor tensor = Add(Tensor.Full(Accelerator, shape, value, DType));
        tensor.RequiresGrad = false;
        return tensor;
    }

    private Tensor Make(Shape shape, Func<Tensor> draw) => Add(_empty ? Tensor.Create(Accelerator, shape, DType, "parameter") : draw());

    private Tensor Add(Tensor made)
    {
        Tensor tensor = Module.Unowned(made);
        tensor.RequiresGrad = true;
        _building?.Add(tensor);
        return tensor;
    }
}
