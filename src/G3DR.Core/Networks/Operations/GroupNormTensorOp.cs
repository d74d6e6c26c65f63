using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Group normalisation of (batch, positions, channels) with what follows it. Inputs: x, then weight, bias, scale with shift, and residual, or none.
/// </summary>
/// <param name="name">Name in messages.</param>
/// <param name="inputs">The inputs.</param>
/// <param name="shape">Sizes.</param>
/// <param name="activation">Activation.</param>
/// <param name="running">For batch normalisation with running statistics: what they are and whether they are read or updated.</param>
internal sealed class GroupNormTensorOp(string name, OptionalInputs inputs, GroupNormShape shape, Activation activation, RunningNumbers? running = null)
    : TensorOp
{
    public override string Name => name;

    private bool ConstantStatistics => running is { Training: false };

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> present) =>
        present[0].DType == DType.Float32 ? Forward<float>(context, present) : Forward<double>(context, present);

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        gradients[0]!.DType == DType.Float32 ? Backward<float>(context, gradients[0]!) : Backward<double>(context, gradients[0]!);

    private IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> present)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor x = present[0];
        Tensor y = x.Like(x.Shape, Name), statistics = x.Like([shape.Batch, shape.Groups, 2], Name);
        if (running is { Training: false })
        {
            RunningStatistics.Pair(x.Accelerator, running.Mean.View<T>(), running.Variance.View<T>(), statistics.View<T>());
        }
        else
        {
            GroupNormKernels.Statistics(x.Accelerator, shape, x.View<T>(), statistics.View<T>());
        }

        GroupNormKernels.Apply(
            x.Accelerator, shape, x.View<T>(), statistics.View<T>(), Affine<T>(present), activation, inputs.View<T>(present, 4), y.View<T>());
        if (running is { Training: true })
        {
            RunningStatistics.Update(
                x.Accelerator, statistics.View<T>(), running.Mean.View<T>(), running.Variance.View<T>(), running.Momentum, shape.Positions);
            running.Mean.MarkChanged();
            running.Variance.MarkChanged();
        }

        // The residual is the last input and not needed again.
        int count = inputs.Has(4) ? present.Count - 1 : present.Count;
        context.Save([statistics, .. present.Take(count)]);
        return [y];
    }

    private Tensor?[] Backward<T>(OpContext context, Tensor g)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor[] saved = [.. context.Saved];
        Tensor statistics = saved[0];
        Tensor[] present = saved[1..];
        Tensor? dx = Gradient(0), weight = Gradient(1), bias = Gradient(2), scaleShift = Gradient(3);
        if (dx is not null || weight is not null || bias is not null || scaleShift is not null)
        {
            GroupNormKernels.Backward(
                g.Accelerator,
                shape,
                present[0].View<T>(),
                statistics.View<T>(),
                Affine<T>(present),
                activation,
                g.View<T>(),
                new(dx.OptionalView<T>(), new(weight.OptionalView<T>(), bias.OptionalView<T>(), scaleShift.OptionalView<T>())),
                ConstantStatistics);
        }

        return inputs.OfPresent(dx, weight, bias, scaleShift, g);

        Tensor? Gradient(int input) => inputs.Gradient(context, g, input, Name);
    }

    private GroupNormAffine<T> Affine<T>(IReadOnlyList<Tensor> present)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        new(inputs.View<T>(present, 1), inputs.View<T>(present, 2), inputs.View<T>(present, 3));
}

/// <summary>Running statistics of batch normalisation.</summary>
/// <param name="Mean">Running means (channels).</param>
/// <param name="Variance">Running unbiased variances (channels).</param>
/// <param name="Training">Whether the batch's own statistics are used and the running ones moved towards them.</param>
/// <param name="Momentum">Weight of the batch in the running statistics.</param>
internal sealed record RunningNumbers(Tensor Mean, Tensor Variance, bool Training, double Momentum);
