using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.MatMul;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>activation(x weight^T + bias) + residual for rows x. Inputs: x, weight, then bias and residual, or none.</summary>
/// <param name="inputs">The inputs.</param>
/// <param name="rows">Number of rows.</param>
/// <param name="shape">Shape of the weights.</param>
/// <param name="activation">Activation.</param>
/// <param name="result">Shape of the result.</param>
internal sealed class LinearTensorOp(OptionalInputs inputs, int rows, Shape shape, Activation activation, Shape result) : FloatingPointOp
{
    private const int X = 0, Weight = 1, Bias = 2, Residual = 3;

    private readonly ActivatedResult _result = new(activation);
    private readonly int _outputs = shape[0], _inputs = shape[1];

    public override string Name => "linear";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> present)
    {
        Tensor x = present[X], weight = present[Weight];
        var sizes = new MatMulShape(rows, _outputs, _inputs, TransposeB: true);
        Tensor output = _result.Forward(
            context,
            x.Like(result, Name),
            inputs.Get(present, Residual),
            (function, residual, y) => MatMulKernels.RunLinear(
                x.Accelerator,
                sizes,
                x.View<T>(),
                weight.View<T>(),
                inputs.View<T>(present, Bias),
                new(function, residual.OptionalView<T>()),
                y.View<T>()));
        context.Save(x, weight);
        return [output];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        Tensor x = saved[_result.Saved + X], weight = saved[_result.Saved + Weight], g = gradients[0]!, product = _result.Backward(context, g);
        Tensor? dx = inputs.Gradient(context, g, X, Name), dw = inputs.Gradient(context, g, Weight, Name);
        if (dx is not null)
        {
            Multiply<T>(new(rows, _inputs, _outputs), product, weight, dx);
        }

        if (dw is not null)
        {
            Multiply<T>(new(_outputs, _inputs, rows, TransposeA: true), product, x, dw);
        }

        return inputs.OfPresent(dx, dw, inputs.SumGradient(context, product, Bias), g);
    }

    private static void Multiply<T>(MatMulShape sizes, Tensor a, Tensor b, Tensor c)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        MatMulKernels.RunLinear(a.Accelerator, sizes, a.View<T>(), b.View<T>(), default, default, c.View<T>());
}
