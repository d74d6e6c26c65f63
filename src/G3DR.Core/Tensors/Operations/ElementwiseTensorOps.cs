using G3DR.Compute;
using G3DR.Kernels;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Layout;

namespace G3DR.Core.Tensors;

/// <summary>Any unary elementwise operation of the kernels as a recorded one.</summary>
internal sealed class UnaryTensorOp<TOp>(double a = 0, double b = 0) : TensorOp
    where TOp : struct, IParametricUnaryOp
{
    public override string Name => TOp.Spec.Name;

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0];
        Tensor y = x.Like(x.Shape, Name);
        if (x.DType == DType.Float32)
        {
            UnaryKernels<TOp>.Forward(x.Accelerator, x.View<float>(), y.View<float>(), (float)a, (float)b);
        }
        else
        {
            UnaryKernels<TOp>.Forward(x.Accelerator, x.View<double>(), y.View<double>(), a, b);
        }

        switch (TOp.Spec.Saves)
        {
            case Saves.Input:
                context.Save(x);
                break;
            case Saves.Output:
                context.Save(y);
                break;
            case Saves.Input | Saves.Output:
                context.Save(x, y);
                break;
        }

        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        if (!TOp.Spec.HasGradient)
        {
            throw new GradientNotDefinedException(Name);
        }

        Tensor g = gradients[0]!;
        // What the operation does not read is filled with any view of the right length.
        Tensor x = TOp.Spec.Saves.HasFlag(Saves.Input) ? context.Saved[0] : g;
        Tensor y = TOp.Spec.Saves.HasFlag(Saves.Output) ? context.Saved[^1] : g;
        Tensor dx = g.Like(g.Shape, Name);
        if (g.DType == DType.Float32)
        {
            UnaryKernels<TOp>.Backward(g.Accelerator, x.View<float>(), y.View<float>(), g.View<float>(), dx.View<float>(), (float)a, (float)b);
        }
        else
        {
            UnaryKernels<TOp>.Backward(g.Accelerator, x.View<double>(), y.View<double>(), g.View<double>(), dx.View<double>(), a, b);
        }

        return [dx];
    }
}

/// <summary>Any binary elementwise operation of the kernels as a recorded one, with broadcasting.</summary>
internal sealed class BinaryTensorOp<TOp> : TensorOp
    where TOp : struct, IBinaryOp
{
    public override string Name => TOp.Spec.Name;

    public override bool InputHasGradient(int input) => (input == 0 ? TOp.Left : TOp.Right) != GradientRule.None;

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        if (TOp.Spec.Saves != Saves.None)
        {
            context.Save(inputs[0], inputs[1]);
        }

        return [Broadcasting.Evaluate<ForwardOf<TOp>>(Name, inputs[0], inputs[1])];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor g = gradients[0]!;
        bool saved = TOp.Spec.Saves != Saves.None;
        Tensor a = saved ? context.Saved[0] : g, b = saved ? context.Saved[1] : g;
        var results = new Tensor?[2];
        if (context.NeedsGradient(0))
        {
            Tensor full = TOp.Left == GradientRule.Identity ? g : Broadcasting.Evaluate<BackwardLeftOf<TOp>>(Name, a, b, g);
            results[0] = Reducing.SumTo(full, context.InputShapes[0]);
        }

        if (context.NeedsGradient(1))
        {
            Tensor full = TOp.Right == GradientRule.Identity ? g : Broadcasting.Evaluate<BackwardRightOf<TOp>>(Name, a, b, g);
            results[1] = Reducing.SumTo(full, context.InputShapes[1]);
        }

        return results;
    }
}

/// <summary>Choice between two tensors by a mask.</summary>
internal sealed class WhereTensorOp : TensorOp
{
    public override string Name => "where";

    public override bool InputHasGradient(int input) => input != 0;

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        context.Save(inputs[0]);
        return [Broadcasting.Evaluate<Where>(Name, inputs[0], inputs[1], inputs[2])];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor mask = context.Saved[0], g = gradients[0]!;
        Tensor zero = Tensor.Zeros(g.Accelerator, [], g.DType);
        return
        [
            null,
            context.NeedsGradient(1) ? Reducing.SumTo(Broadcasting.Evaluate<Where>(Name, mask, g, zero), context.InputShapes[1]) : null,
            context.NeedsGradient(2) ? Reducing.SumTo(Broadcasting.Evaluate<Where>(Name, mask, zero, g), context.InputShapes[2]) : null,
        ];
    }
}

/// <summary>Runs functions of two or three tensors of different shapes.</summary>
internal static class Broadcasting
{
    /// <summary>A new tensor f(a, b, c) of the operands' common shape; without c, the function must not read it.</summary>
    public static Tensor Evaluate<TFunction>(string name, Tensor a, Tensor b, Tensor? c = null)
        where TFunction : struct, IBroadcastFunction
    {
        Shape shape = Shape.Broadcast(a.Shape, b.Shape, name);
        if (c is not null)
        {
            shape = Shape.Broadcast(shape, c.Shape, name);
        }

        Tensor y = a.Like(shape, name);
        Run<TFunction>(a, b, c ?? b, y);
        return y;
    }

    /// <summary>y = f(a, b, c) into an existing tensor, which may be an operand of the same shape.</summary>
    public static void Run<TFunction>(Tensor a, Tensor b, Tensor c, Tensor y)
        where TFunction : struct, IBroadcastFunction
    {
        if (y.Length == 0)
        {
            return;
        }

        var layout = new BroadcastLayout(y.Shape.AsSpan(), a.Shape.ToArray(), b.Shape.ToArray(), c.Shape.ToArray());
        Accelerator device = y.Accelerator;
        if (y.DType == DType.Float32)
        {
            BroadcastKernels<TFunction>.Run(device, layout, a.View<float>(), b.View<float>(), c.View<float>(), y.View<float>());
        }
        else
        {
            BroadcastKernels<TFunction>.Run(device, layout, a.View<double>(), b.View<double>(), c.View<double>(), y.View<double>());
        }
    }
}
