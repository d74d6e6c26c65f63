using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Diagnostics;

/// <summary>
/// A network around G3DR on random pictures with random frozen weights, the work of <c>bench/peers/networks.py</c>: forward without recording, or a recorded forward
/// pass and the gradient of the pictures for the sum of the output.
/// </summary>
public sealed class NetworkBenchmark : IBenchmark
{
    private const int MostPictures = 256;

    private readonly BenchmarkNetwork _description;
    private readonly Layer _network;
    private readonly Tensor _pictures;
    private readonly string _kind;
    private readonly bool _backward;

    /// <summary>Prepares network and pictures.</summary>
    /// <param name="device">Device.</param>
    /// <param name="kind">A name of <see cref="Kinds"/>.</param>
    /// <param name="batch">Number of pictures.</param>
    /// <param name="backward">Whether the gradient of the pictures is computed too.</param>
    /// <exception cref="ArgumentException">There is no such network, or the number of pictures is not between 1 and 256.</exception>
    public NetworkBenchmark(Accelerator device, string kind, int batch = 1, bool backward = false)
    {
        if (!BenchmarkNetworks.All.TryGetValue(kind, out BenchmarkNetwork? description))
        {
            throw new ArgumentException($"There is no network '{kind}' to time; there is {string.Join(", ", Kinds)}.", nameof(kind));
        }

        if (batch is < 1 or > MostPictures)
        {
            throw new ArgumentException($"The number of pictures must be between 1 and {MostPictures}, got {batch}.", nameof(batch));
        }

        (Device, _kind, _backward, _description) = (device, kind, backward, description);
        _network = Frozen(description.Full, DType.Float32);
        _pictures = Tensor.Normal(device, [batch, description.Side, description.Side, 3], seed: 1, stream: 0);
        _pictures.RequiresGrad = backward;
        double forward = ModelReport.Of(_network, _pictures.Shape).Flops;

        // Frozen weights need no gradient.
        Flops = backward ? 2 * forward : forward;
    }

    /// <summary>Networks that can be timed.</summary>
    public static IReadOnlyList<string> Kinds => BenchmarkNetworks.All.Keys;

    /// <inheritdoc/>
    public string Name => $"{_kind} {(_backward ? "bwd" : "fwd")}, {_pictures.Shape[0]} x {_description.Side} x {_description.Side}";

    /// <inheritdoc/>
    public Accelerator Device { get; }

    /// <inheritdoc/>
    public double Flops { get; }

    /// <inheritdoc/>
    public void Run()
    {
        if (_backward)
        {
            _pictures.ClearGrad();
            using Tensor y = _network.Forward(_pictures), sum = y.Sum();
            sum.Backward();
        }
        else
        {
            using IDisposable constant = Device.NoGrad();
            using Tensor y = _network.Forward(_pictures);
        }

        Device.Synchronize();
    }

    /// <summary>Checks the output of a small network, and the gradient of its pictures, against double precision.</summary>
    /// <exception cref="KernelAccuracyException">A result is wrong.</exception>
    public void Check()
    {
        using Layer single = Frozen(_description.Small, DType.Float32), exact = Frozen(_description.Small, DType.Float64);
        foreach ((string name, Tensor tensor) in single.State)
        {
            exact.State[name].CopyFrom(tensor.ToDoubles());
        }

        (double[] values, double[] gradients) = Results(single, DType.Float32);
        (double[] expected, double[] expectedGradients) = Results(exact, DType.Float64);
        ExactComparison.Require(Name, "output", values, expected);
        ExactComparison.Require(Name, "gradient of the pictures", gradients, expectedGradients);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _pictures.Dispose();
    }

    private Layer Frozen(Func<Initializer, Layer> make, DType dtype)
    {
        Layer network = Initializer.Random(Device, dtype: dtype).Build(make);
        network.Eval();
        network.Freeze();
        return network;
    }

    private (double[] Output, double[] Gradient) Results(Layer network, DType dtype)
    {
        using var scope = TensorScope.Begin(Device);
        Tensor drawn = Tensor.Normal(Device, [1, _description.SmallSide, _description.SmallSide, 3], seed: 1, stream: 0);
        Tensor pictures = dtype == DType.Float32 ? drawn : Tensor.FromArray(Device, drawn.ToDoubles(), drawn.Shape);
        pictures.RequiresGrad = true;
        Tensor output = network.Forward(pictures);
        output.Sum().Backward();
        return (output.ToDoubles(), pictures.Grad!.ToDoubles());
    }
}
