using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Diagnostics;

/// <summary>
/// The official U-Net at batch 1, the work of <c>bench/peers/unet.py</c>: random weights and input, forward without recording, or a recorded forward pass and the
/// gradients of all parameters for the sum of the output.
/// </summary>
public sealed class UnetBenchmark : IBenchmark
{
    // The same parts where double precision is affordable.
    private static readonly UnetOptions s_checked = new() { Channels = 32, Multipliers = [1, 2, 3], PositionChannels = 8, ImageSize = 32, OutputChannels = 24 };

    private readonly Unet _unet;
    private readonly Tensor _input;
    private readonly bool _backward;

    /// <summary>Prepares network and input.</summary>
    /// <param name="device">Device.</param>
    /// <param name="backward">Whether gradients are computed too.</param>
    /// <param name="checkpointing">Whether training keeps only inputs of blocks and computes their inside again.</param>
    public UnetBenchmark(Accelerator device, bool backward, bool checkpointing = false)
    {
        (Device, _backward) = (device, backward);
        UnetOptions options = UnetOptions.Official with { Checkpointing = checkpointing };
        _unet = new(Initializer.Random(device), options);
        _input = Tensor.Normal(device, [1, options.ImageSize, options.ImageSize, options.InputChannels], seed: 1, stream: 0);
        double forward = ModelReport.Of(_unet, _input.Shape).Flops;
        Flops = backward ? 3 * forward : forward;
    }

    /// <inheritdoc/>
    public string Name => _backward ? "unet bwd" : "unet fwd";

    /// <inheritdoc/>
    public Accelerator Device { get; }

    /// <inheritdoc/>
    public double Flops { get; }

    /// <inheritdoc/>
    public void Run()
    {
        if (_backward)
        {
            _unet.ClearGradients();
            using Tensor planes = _unet.Forward(_input), sum = planes.Sum();
            sum.Backward();
        }
        else
        {
            using IDisposable constant = Device.NoGrad();
            using Tensor planes = _unet.Forward(_input);
        }

        Device.Synchronize();
    }

    /// <summary>Checks the planes of a small U-Net, and the gradients of all its parameters, against double precision.</summary>
    /// <exception cref="KernelAccuracyException">A result is wrong.</exception>
    public void Check()
    {
        using var single = new Unet(Initializer.Random(Device), s_checked);
        using var exact = new Unet(Initializer.Random(Device, dtype: DType.Float64), s_checked);
        foreach ((string name, Tensor parameter) in single.Parameters)
        {
            exact.Parameters[name].CopyFrom(parameter.ToDoubles());
        }

        ExactComparison.Require(Name, "planes", Planes(single), Planes(exact));
        foreach ((string name, Tensor parameter) in single.Parameters)
        {
            if (_backward)
            {
                ExactComparison.Require(Name, name, parameter.Grad!.ToDoubles(), exact.Parameters[name].Grad!.ToDoubles());
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unet.Dispose();
        _input.Dispose();
    }

    private double[] Planes(Unet unet)
    {
        using var scope = TensorScope.Begin(Device);
        DType dtype = unet.Parameters["pos_embed"].DType;
        Tensor planes = unet.Forward(Drawn([1, s_checked.ImageSize, s_checked.ImageSize, s_checked.InputChannels], seed: 1, dtype));
        if (_backward)
        {
            // Not the plain sum: what follows a normalisation does not depend on some directions, and rounding would be all there is.
            planes.Backward(Drawn(planes.Shape, seed: 2, dtype));
        }

        return planes.ToDoubles();
    }

    // The same numbers in both precisions.
    private Tensor Drawn(Shape shape, ulong seed, DType dtype)
    {
        Tensor single = Tensor.Normal(Device, shape, seed, stream: 0);
        return dtype == DType.Float32 ? single : Tensor.FromArray(Device, single.ToDoubles(), shape);
    }
}
